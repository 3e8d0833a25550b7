/** A readable page of the API's description: plain HTML, nothing from elsewhere. */

interface Described {
  readonly description?: string;
}
interface SchemaLike extends Described {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, SchemaLike>>;
  readonly items?: SchemaLike;
  readonly anyOf?: readonly SchemaLike[];
  readonly oneOf?: readonly SchemaLike[];
  readonly additionalProperties?: SchemaLike | boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
}
interface ContentLike extends Described {
  readonly content?: Readonly<Record<string, { readonly schema?: SchemaLike }>>;
}
interface OperationLike extends Described {
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly (Described & {
    readonly name?: string;
    readonly in?: string;
    readonly required?: boolean;
    readonly schema?: SchemaLike;
  })[];
  readonly requestBody?: ContentLike;
  readonly responses?: Readonly<Record<string, ContentLike>>;
}

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

function prose(text: string | undefined): string {
  return escaped(text ?? '').replace(/`([^`]+)`/g, '<code>$1</code>');
}

function typeOf(schema: SchemaLike | undefined): string {
  if (schema === undefined) return 'anything';
  if (schema.$ref !== undefined) return schema.$ref.split('/').at(-1) ?? 'object';
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return choices.map(typeOf).join(' or ');
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const type = Array.isArray(schema.type) ? schema.type.join(' or ') : (schema.type ?? 'object');
  if (schema.items !== undefined) return `${type} of ${typeOf(schema.items)}`;
  const range = [
    schema.minimum === undefined ? '' : `≥ ${schema.minimum}`,
    schema.maximum === undefined || schema.maximum === Number.MAX_SAFE_INTEGER ? '' : `≤ ${schema.maximum}`,
  ].filter((text) => text !== '');
  const rest = [...(schema.format === undefined ? [] : [schema.format]), ...range];
  return rest.length === 0 ? String(type) : `${type} (${rest.join(', ')})`;
}

function fields(schema: SchemaLike | undefined, depth = 0): string {
  if (schema === undefined || depth > 6) return '';
  const inner = schema.properties ?? {};
  const rows = Object.entries(inner).map(
    ([name, field]) =>
      `<li><code>${escaped(name)}</code> <i>${escaped(typeOf(field))}</i> ${prose(field.description)}${fields(field, depth + 1)}</li>`,
  );
  const nested = [
    schema.items,
    ...(schema.anyOf ?? []),
    ...(schema.oneOf ?? []),
    ...(typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : []),
  ];
  return (
    (rows.length > 0 ? `<ul>${rows.join('')}</ul>` : '') +
    nested.map((one) => fields(one, depth + 1)).join('')
  );
}

function content(part: ContentLike): string {
  return Object.values(part.content ?? {})
    .map(({ schema }) => (schema?.$ref === undefined ? fields(schema) : ''))
    .join('');
}

function operation(method: string, path: string, { summary, description, ...rest }: OperationLike): string {
  const parameters = (rest.parameters ?? []).map(
    (one) =>
      `<li><code>${escaped(one.name ?? '')}</code> <i>${escaped(typeOf(one.schema))}${one.in === 'path' ? ', in the path' : ''}${one.schema?.default === undefined ? '' : `, default ${escaped(String(one.schema.default))}`}</i> ${prose(one.description ?? one.schema?.description)}</li>`,
  );
  const responses = Object.entries(rest.responses ?? {}).map(([status, response]) =>
    status.startsWith('2')
      ? `<details><summary><b>${status}</b> ${prose(response.description)}</summary>${content(response)}</details>`
      : `<p><b>${status}</b> ${prose(response.description)}</p>`,
  );
  return `<article><h3><code>${method.toUpperCase()} ${escaped(path)}</code></h3><p>${prose(summary)}. ${prose(description)}</p>${
    parameters.length > 0 ? `<h4>Parameters</h4><ul>${parameters.join('')}</ul>` : ''
  }${rest.requestBody === undefined ? '' : `<h4>Body</h4>${content(rest.requestBody)}`}${responses.join('')}</article>`;
}

const style = `body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:auto;padding:1rem;color-scheme:light dark}
code{font-size:.95em}article{border-top:1px solid #8886;padding:.5rem 0}h3{margin:.5rem 0}h4{margin:.25rem 0}ul{margin:.25rem 0}i{opacity:.75}`;

/** `document` is an OpenAPI 3.1 object. */
export function docsPage(
  document: {
    readonly info: Described & { readonly title: string; readonly version: string };
    readonly paths?: object;
  },
  basePath: string,
): string {
  const byTag = new Map<string, string[]>();
  for (const [path, operations] of Object.entries(document.paths ?? {})) {
    for (const method of methods) {
      const one: OperationLike | undefined = operations?.[method];
      if (one === undefined) continue;
      const tag = one.tags?.[0] ?? 'Other';
      byTag.set(tag, [...(byTag.get(tag) ?? []), operation(method, path, one)]);
    }
  }
  const sections = [...byTag].map(
    ([tag, articles]) => `<section><h2>${escaped(tag)}</h2>${articles.join('')}</section>`,
  );
  const about = (document.info.description ?? '')
    .split('\n')
    .map((line) => (line.startsWith('- ') ? `<li>${prose(line.slice(2))}</li>` : `<p>${prose(line)}</p>`));
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><base href="${basePath}/"><meta name="viewport" content="width=device-width"><title>${escaped(document.info.title)} API</title><style>${style}</style></head><body><h1>${escaped(document.info.title)} API ${escaped(document.info.version)}</h1>${about.join('')}<p><a href="api/openapi.json">OpenAPI document</a></p>${sections.join('')}</body></html>`;
}
