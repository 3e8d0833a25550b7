/** The same as the picture above it, as a table: for reading out, for exact figures, and for copying into a sheet. */
import { mdiContentCopy } from '@mdi/js';
import { useState } from 'preact/hooks';
import { texts } from '../texts/texts.ts';
import { copyText } from './copy-text.ts';
import { Icon } from './icon.tsx';

export interface Cell {
  readonly text: string;
  /** As it goes into a sheet: the number itself; null is empty there. Without it the text goes. */
  readonly value?: number | string | null;
}

export interface TableColumn {
  readonly key: string;
  readonly label: string;
  readonly isNumber: boolean;
}

export interface TableRow {
  readonly key: string;
  /** One for each column; the first one heads the row. */
  readonly cells: readonly Cell[];
}

/** Tab-separated, numbers with a point: what a spreadsheet takes. */
export function asTabSeparated(columns: readonly TableColumn[], rows: readonly TableRow[]): string {
  const plain = (cell: Cell) => (cell.value === undefined ? cell.text : String(cell.value ?? ''));
  return [columns.map(({ label }) => label), ...rows.map(({ cells }) => cells.map(plain))]
    .map((cells) => cells.map((text) => text.replace(/[\t\n\r]+/g, ' ')).join('\t'))
    .join('\n');
}

function Row({ row, columns }: { row: TableRow; columns: readonly TableColumn[] }) {
  return (
    <tr data-row={row.key}>
      {columns.map(({ key, isNumber }, index) => {
        const cell = row.cells[index] ?? { text: '' };
        const attributes = {
          class: isNumber ? 'number' : undefined,
          'data-column': key,
          'data-value': cell.value == null ? '' : String(cell.value),
        };
        return index === 0 ? (
          <th key={key} scope="row" {...attributes}>
            {cell.text}
          </th>
        ) : (
          <td key={key} {...attributes}>
            {cell.text}
          </td>
        );
      })}
    </tr>
  );
}

export function DataTable({
  title,
  columns,
  rows,
  total,
}: {
  title: string;
  columns: readonly TableColumn[];
  rows: readonly TableRow[];
  total?: TableRow | undefined;
}) {
  const t = texts().table;
  const [copied, setCopied] = useState<'yes' | 'no' | null>(null);
  const copy = async () => {
    const all = total === undefined ? rows : [...rows, total];
    setCopied((await copyText(asTabSeparated(columns, all))) ? 'yes' : 'no');
  };
  return (
    <div class="card">
      <header>
        <h2>{title}</h2>
        <div class="row">
          <span role="status">{copied === 'yes' ? t.copied : copied === 'no' ? t.copyFailed : ''}</span>
          <button
            type="button"
            class="button copy-button"
            aria-label={t.copy}
            title={t.copy}
            onClick={() => void copy()}
          >
            <Icon path={mdiContentCopy} />
            <span class="not-phone">{t.copy}</span>
          </button>
        </div>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keyboard */}
      <section class="table-scroll" tabIndex={0} aria-label={title}>
        <table class="data-table">
          <thead>
            <tr>
              {columns.map(({ key, label, isNumber }) => (
                <th key={key} scope="col" class={isNumber ? 'number' : undefined}>
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row key={row.key} row={row} columns={columns} />
            ))}
          </tbody>
          {total !== undefined && (
            <tfoot>
              <Row row={total} columns={columns} />
            </tfoot>
          )}
        </table>
      </section>
    </div>
  );
}
