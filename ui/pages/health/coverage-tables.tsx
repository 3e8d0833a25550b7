/** The coverage as a table: for a month the sums by meter, for a day every interval of equal data. */
import type { Coverage } from '../../../src/schemas/ledger.ts';
import { DataTable, type TableColumn, type TableRow } from '../../components/data-table.tsx';
import { formatDuration } from '../../format/durations.ts';
import { formatInstant, type Locale } from '../../format/instants.ts';
import { formatShare } from '../../format/numbers.ts';
import { locale } from '../../state/home.ts';
import type { Texts } from '../../texts/en.ts';
import { texts } from '../../texts/texts.ts';
import {
  type CoverageGrid,
  coverageCell,
  lengthOf,
  negligibleSeconds,
  qualityKinds,
} from './coverage-grid.ts';
import { partsText, whyText } from './coverage-words.ts';

function monthRows({ lines }: CoverageGrid, t: Texts, language: string): TableRow[] {
  return lines.map(({ entityId, name, sum }) => {
    const length = lengthOf(sum.parts);
    const share = length === 0 ? null : sum.parts.measured / length;
    return {
      key: entityId ?? 'home',
      cells: [
        { text: name },
        { text: share === null ? '' : formatShare(share, language), value: share },
        ...qualityKinds.slice(1).map((quality) => ({
          text:
            sum.parts[quality] < negligibleSeconds
              ? ''
              : formatDuration(sum.parts[quality], language, t.units),
          value: Math.round(sum.parts[quality]),
        })),
        { text: whyText(sum, t) },
      ],
    };
  });
}

function dayRows({ entities }: Coverage, t: Texts, locale: Locale): TableRow[] {
  return entities.flatMap(({ entity_id: entityId, name, rows }) =>
    rows.map((row) => {
      const cell = coverageCell(row);
      return {
        key: `${entityId} ${row.start}`,
        cells: [
          { text: name },
          { text: formatInstant(row.start, 'time', locale), value: row.start },
          { text: formatInstant(row.end, 'time', locale), value: row.end },
          { text: partsText(cell.parts, false, t, locale.language) },
          { text: whyText(cell, t) },
        ],
      };
    }),
  );
}

export function CoverageTables(props: {
  grid: CoverageGrid;
  answer: Coverage;
  title: string;
  isDay: boolean;
}) {
  const { grid, answer, title, isDay } = props;
  const t = texts();
  const words = t.health.coverage;
  const text = (key: string, label: string): TableColumn => ({ key, label, isNumber: false });
  const number = (key: string, label: string): TableColumn => ({ key, label, isNumber: true });
  const columns = isDay
    ? [
        text('meter', words.columns.meter),
        text('from', words.columns.from),
        text('to', words.columns.to),
        text('quality', t.energy.columns.quality),
        text('why', words.columns.why),
      ]
    : [
        text('meter', words.columns.meter),
        number('share', words.columns.share),
        ...qualityKinds.slice(1).map((quality) => number(quality, words.qualities[quality])),
        text('why', words.columns.why),
      ];
  return (
    <details class="fold" data-table={isDay ? 'day' : 'month'}>
      <summary>{title}</summary>
      <DataTable
        title={title}
        columns={columns}
        rows={isDay ? dayRows(answer, t, locale.value) : monthRows(grid, t, locale.value.language)}
      />
    </details>
  );
}
