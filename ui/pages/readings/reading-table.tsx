/** The readings as a table, page by page. Fetched only while it is open. */

import { mdiChevronDown, mdiChevronLeft, mdiChevronRight, mdiChevronUp, mdiContentCopy } from '@mdi/js';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { ReadingRow, Readings } from '../../../src/schemas/readings.ts';
import { api } from '../../api.ts';
import { Card } from '../../components/card.tsx';
import { useCopy } from '../../components/copy-button.tsx';
import { Icon } from '../../components/icon.tsx';
import { IconButton } from '../../components/icon-button.tsx';
import { Waiting } from '../../components/states.tsx';
import { formatInstant, type Locale } from '../../format/instants.ts';
import { formatCount, formatNumber } from '../../format/numbers.ts';
import type { Span } from '../../period/period.ts';
import { locale } from '../../state/home.ts';
import { Resource } from '../../state/resource.ts';
import type { Texts } from '../../texts/en.ts';
import { texts } from '../../texts/texts.ts';
import { tableOpen } from './table-open.ts';

const pageSize = 100;

/** Tab-separated with decimal points and ISO 8601 instants, as spreadsheets paste them. */
function asTabSeparated(rows: readonly ReadingRow[], { columns }: Texts['readings']): string {
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
            <time dateTime={row.timestamp}>{formatInstant(row.timestamp, 'exact', locale)}</time>
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
  const words = t.readings;
  const [cursors, setCursors] = useState<readonly (string | null)[]>([null]);
  const { status, copy, reset } = useCopy(words);
  const resource = useMemo(() => new Resource<Readings>(), []);
  useEffect(() => () => resource.stop(), [resource]);
  useEffect(() => {
    reset();
    const page = { limit: pageSize, cursor: cursors.at(-1) ?? null };
    void resource.ask((signal) => api.readings(entityId, span, page, signal));
  }, [resource, entityId, span.startMs, span.endMs, cursors]);
  const { data, problem, isLoading } = resource.state.value;
  if (data === null) return <Waiting ofStore resource={resource} height={240} />;
  if (data.count === 0) return <p class="quiet">{words.empty}</p>;
  return (
    <>
      <div class="row table-tools">
        <PageButtons cursors={cursors} page={data} onCursors={setCursors} />
        <button type="button" class="button" onClick={() => void copy(asTabSeparated(data.readings, words))}>
          <Icon path={mdiContentCopy} />
          {words.copy}
        </button>
        <span role="status">{status}</span>
      </div>
      {problem !== null && (
        <p class="note is-error" role="alert">
          {t.states.storeAway}
        </p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region is scrolled by keyboard */}
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

interface PageButtonsProps {
  /** The cursors of the pages up to the shown one; the first page has none. */
  readonly cursors: readonly (string | null)[];
  readonly page: Readings;
  readonly onCursors: (cursors: readonly (string | null)[]) => void;
}

function PageButtons({ cursors, page, onCursors }: PageButtonsProps) {
  const t = texts().readings;
  const { language } = locale.value;
  const { count, next_cursor: next } = page;
  const first = (cursors.length - 1) * pageSize + 1;
  return (
    <>
      <IconButton
        label={t.older}
        icon={mdiChevronLeft}
        disabled={cursors.length === 1}
        onClick={() => onCursors(cursors.slice(0, -1))}
      />
      <span aria-live="polite">
        {t.rows(formatCount(first, language), formatCount(first + count - 1, language))}
      </span>
      <IconButton
        label={t.newer}
        icon={mdiChevronRight}
        disabled={next === null}
        onClick={() => next !== null && onCursors([...cursors, next])}
      />
    </>
  );
}

export function ReadingTable({ entityId, span }: { entityId: string; span: Span }) {
  const t = texts().readings;
  const isOpen = tableOpen.value;
  return (
    <Card
      id="table"
      title={t.table}
      tools={
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
      }
    >
      {isOpen && <OpenTable entityId={entityId} span={span} />}
    </Card>
  );
}
