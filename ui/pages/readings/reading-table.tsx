/** The readings themselves, page by page, to be read out and copied. Fetched only while it is open. */
import { mdiChevronDown, mdiChevronLeft, mdiChevronRight, mdiChevronUp, mdiContentCopy } from '@mdi/js';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { ReadingRow, Readings } from '../../../src/schemas/readings.ts';
import { api } from '../../api.ts';
import { copyText } from '../../components/copy-text.ts';
import { Icon } from '../../components/icon.tsx';
import { Problem, Skeleton } from '../../components/states.tsx';
import { formatInstant, type Locale } from '../../format/instants.ts';
import { formatCount, formatNumber } from '../../format/numbers.ts';
import type { Span } from '../../period/period.ts';
import { locale } from '../../state/home.ts';
import { Resource } from '../../state/resource.ts';
import type { Texts } from '../../texts/en.ts';
import { texts } from '../../texts/texts.ts';
import { tableOpen } from './table-open.ts';

const pageSize = 100;

/** Tab-separated, instants as the API has them and numbers with a point: what a spreadsheet takes. */
export function asTabSeparated(rows: readonly ReadingRow[], { columns }: Texts['readings']): string {
  const head = [columns.timestamp, columns.state, columns.unit, columns.absence, columns.origin];
  const lines = rows.map((row) => [
    row.timestamp,
    row.state ?? '',
    row.unit ?? '',
    row.absence ?? '',
    row.origin,
  ]);
  return [head, ...lines].map((cells) => cells.join('\t')).join('\n');
}

function Rows({ rows, t, locale }: { rows: readonly ReadingRow[]; t: Texts['readings']; locale: Locale }) {
  return (
    <tbody>
      {rows.map((row) => (
        <tr
          key={row.timestamp}
          data-timestamp={row.timestamp}
          data-state={row.state === null ? '' : String(row.state)}
        >
          <td>
            <time dateTime={row.timestamp}>{formatInstant(Date.parse(row.timestamp), 'exact', locale)}</time>
          </td>
          <td class="number">{row.state === null ? '' : formatNumber(row.state, locale.language, 6, 0)}</td>
          <td>{row.unit}</td>
          <td>{row.absence === null ? '' : t.absence[row.absence]}</td>
          <td>{t.origin[row.origin]}</td>
        </tr>
      ))}
    </tbody>
  );
}

function OpenTable({ entityId, span }: { entityId: string; span: Span }) {
  const t = texts();
  const [cursors, setCursors] = useState<readonly (string | null)[]>([null]);
  const [copied, setCopied] = useState<'yes' | 'no' | null>(null);
  const resource = useMemo(() => new Resource<Readings>(), []);
  useEffect(() => () => resource.stop(), [resource]);
  useEffect(() => {
    setCopied(null);
    void resource.ask((signal) =>
      api.readings(
        entityId,
        {
          since: new Date(span.startMs).toISOString(),
          until: new Date(span.endMs).toISOString(),
          limit: pageSize,
          cursor: cursors.at(-1) ?? null,
        },
        signal,
      ),
    );
  }, [resource, entityId, span.startMs, span.endMs, cursors]);
  const { data, problem, isLoading } = resource.state.value;
  const { language } = locale.value;
  if (data === null)
    return problem === null ? (
      <Skeleton height={240} />
    ) : (
      <Problem ofStore problem={problem} onRetry={() => void resource.refresh()} />
    );
  const first = (cursors.length - 1) * pageSize + 1;
  const next = data.next_cursor;
  const words = t.readings;
  if (data.count === 0) return <p class="quiet">{words.empty}</p>;
  return (
    <>
      <div class="row table-tools">
        <button
          type="button"
          class="icon-button"
          aria-label={words.older}
          title={words.older}
          disabled={cursors.length === 1}
          onClick={() => setCursors(cursors.slice(0, -1))}
        >
          <Icon path={mdiChevronLeft} />
        </button>
        <span aria-live="polite">
          {words.rows(formatCount(first, language), formatCount(first + data.count - 1, language))}
        </span>
        <button
          type="button"
          class="icon-button"
          aria-label={words.newer}
          title={words.newer}
          disabled={next === null}
          onClick={() => next !== null && setCursors([...cursors, next])}
        >
          <Icon path={mdiChevronRight} />
        </button>
        <button
          type="button"
          class="button"
          onClick={() =>
            void copyText(asTabSeparated(data.readings, words)).then((isCopied) =>
              setCopied(isCopied ? 'yes' : 'no'),
            )
          }
        >
          <Icon path={mdiContentCopy} />
          {words.copy}
        </button>
        <span role="status">{copied === 'yes' ? words.copied : copied === 'no' ? words.copyFailed : ''}</span>
      </div>
      {problem !== null && (
        <p class="note is-error" role="alert">
          {t.states.storeAway}
        </p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keyboard */}
      <section class={`table-scroll${isLoading ? ' is-dimmed' : ''}`} tabIndex={0} aria-label={words.table}>
        <table class="reading-table" data-readings>
          <thead>
            <tr>
              <th scope="col">{words.columns.timestamp}</th>
              <th scope="col" class="number">
                {words.columns.state}
              </th>
              <th scope="col">{words.columns.unit}</th>
              <th scope="col">{words.columns.absence}</th>
              <th scope="col">{words.columns.origin}</th>
            </tr>
          </thead>
          <Rows rows={data.readings} t={words} locale={locale.value} />
        </table>
      </section>
    </>
  );
}

export function ReadingTable({ entityId, span }: { entityId: string; span: Span }) {
  const t = texts().readings;
  const isOpen = tableOpen.value;
  return (
    <section class="card" aria-labelledby="table-title">
      <header>
        <h2 id="table-title">{t.table}</h2>
        <button
          type="button"
          class="button"
          aria-expanded={isOpen}
          onClick={() => {
            tableOpen.value = !isOpen;
          }}
        >
          <Icon path={isOpen ? mdiChevronUp : mdiChevronDown} />
          {isOpen ? t.tableClose : t.tableOpen}
        </button>
      </header>
      {isOpen && <OpenTable entityId={entityId} span={span} />}
    </section>
  );
}
