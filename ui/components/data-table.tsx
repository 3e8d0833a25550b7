/** The content of a chart as a table: for screen readers, exact figures, and copying into a spreadsheet. */
import { CopyButton } from './copy-button.tsx';

export interface Cell {
  readonly text: string;
  /** What is copied: the number itself; null copies as empty. By default the text. */
  readonly value?: number | string | null;
}

export interface TableColumn {
  readonly key: string;
  readonly label: string;
  readonly isNumber: boolean;
}

export interface TableRow {
  readonly key: string;
  /** One for each column; the first is the row's header. */
  readonly cells: readonly Cell[];
}

/** Tab-separated with decimal points, as spreadsheets paste it. */
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
  const all = total === undefined ? rows : [...rows, total];
  return (
    <div class="card">
      <header>
        <h2>{title}</h2>
        <CopyButton tableText={() => asTabSeparated(columns, all)} />
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region is scrolled by keyboard */}
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
