/** The readings around what a ticket is about, which is shaded. */
import { useMemo } from 'preact/hooks';
import type { Curve } from '../../../src/schemas/readings.ts';
import type { TicketRow } from '../../../src/schemas/tickets.ts';
import { api } from '../../api.ts';
import { columnsOf } from '../../chart/columns.ts';
import { CurveChart } from '../../chart/curve-chart.tsx';
import { lookOf } from '../../components/role-look.ts';
import { Problem, Skeleton } from '../../components/states.tsx';
import { dateAt, periodAround, type Span } from '../../period/period.ts';
import { useFollowed } from '../../state/followed.ts';
import { locale, now, nowMs } from '../../state/home.ts';
import { addressOf } from '../../state/place.ts';
import { texts } from '../../texts/texts.ts';

const points = 300;
const leastAroundMs = 30 * 60_000;
const longestMs = 40 * 86_400_000;

/** As much before and after as the thing itself lasted, at least half an hour. */
export function spanAround({ start, end }: TicketRow): Span {
  const [startMs, endMs] = [Date.parse(start), Date.parse(end)];
  const around = Math.min(longestMs, Math.max(leastAroundMs, endMs - startMs));
  return { startMs: startMs - around, endMs: endMs + around };
}

export function TicketCurve({ ticket, entityId }: { ticket: TicketRow; entityId: string }) {
  const all = texts();
  const t = all.health.tickets;
  const { startMs, endMs } = spanAround(ticket);
  const resource = useFollowed<Curve>(
    `${entityId} ${startMs} ${endMs}`,
    (signal) => {
      const range = { since: new Date(startMs).toISOString(), until: new Date(endMs).toISOString(), points };
      return api.curve(entityId, range, signal);
    },
    null,
  );
  const { data, problem } = resource.state.value;
  const columns = useMemo(
    () => (data === null ? null : columnsOf(data, startMs / 1000, endMs / 1000, nowMs.peek() / 1000)),
    [data, startMs, endMs],
  );
  const marked = useMemo(
    () => ({ startS: Date.parse(ticket.start) / 1000, endS: Date.parse(ticket.end) / 1000 }),
    [ticket.start, ticket.end],
  );
  const name = ticket.name ?? entityId;
  const role = now.data?.entities.find((entity) => entity.entity_id === entityId)?.role ?? 'other';
  const readings = addressOf({
    page: 'readings',
    entityId,
    period: periodAround('day', dateAt(Date.parse(ticket.start), locale.value.zone)),
    zoom: null,
    connectionId: null,
    compare: 'none',
  });
  return (
    <div class="ticket-curve">
      {data === null || columns === null ? (
        problem === null ? (
          <Skeleton height={220} />
        ) : (
          <Problem ofStore problem={problem} onRetry={() => void resource.refresh()} />
        )
      ) : columns.x.length === 0 ? (
        <p class="quiet">{t.chartNone}</p>
      ) : (
        <CurveChart
          columns={columns}
          count={data.x.length}
          startS={startMs / 1000}
          endS={endMs / 1000}
          name={name}
          unit={data.unit ?? ''}
          colour={lookOf(role).colour}
          locale={locale.value}
          zoom={null}
          marked={marked}
          words={{ name: t.chart(name), help: t.chartHelp, hint: t.chartHint }}
        />
      )}
      <a class="link" href={readings}>
        {t.showReadings}
      </a>
    </div>
  );
}
