/** The readings around a ticket's interval, which is shaded. */
import { useMemo } from 'preact/hooks';
import type { Curve } from '../../../src/schemas/readings.ts';
import type { TicketRow } from '../../../src/schemas/tickets.ts';
import { dayMs, minuteMs } from '../../../src/units/durations.ts';
import { api } from '../../api.ts';
import { columnsOf } from '../../chart/columns.ts';
import { CurveChart } from '../../chart/curve-chart.tsx';
import { lookOf } from '../../components/role-look.ts';
import { Waiting } from '../../components/states.tsx';
import { dateAt, parseSpan, periodAround, type Span } from '../../period/period.ts';
import { useFollowed } from '../../state/followed.ts';
import { locale, now, nowMs } from '../../state/home.ts';
import { addressOf } from '../../state/route.ts';
import { texts } from '../../texts/texts.ts';

const points = 300;
const leastAroundMs = 30 * minuteMs;
const longestAroundMs = 40 * dayMs;

/** Adds the length of the interval before and after it, at least half an hour. */
function spanAround({ startMs, endMs }: Span): Span {
  const around = Math.min(longestAroundMs, Math.max(leastAroundMs, endMs - startMs));
  return { startMs: startMs - around, endMs: endMs + around };
}

function inSeconds({ startMs, endMs }: Span) {
  return { startS: startMs / 1000, endS: endMs / 1000 };
}

export function TicketCurve({ ticket, entityId }: { ticket: TicketRow; entityId: string }) {
  const all = texts();
  const t = all.health.tickets;
  const ticketSpan = parseSpan(ticket);
  const span = spanAround(ticketSpan);
  const { startS, endS } = inSeconds(span);
  const resource = useFollowed<Curve>(
    `${entityId} ${startS} ${endS}`,
    (signal) => api.curve(entityId, span, points, signal),
    null,
  );
  const { data } = resource.state.value;
  const columns = useMemo(
    () => (data === null ? null : columnsOf(data, startS, endS, nowMs.peek() / 1000)),
    [data, startS, endS],
  );
  const marked = useMemo(() => inSeconds(parseSpan(ticket)), [ticket.start, ticket.end]);
  const name = ticket.name ?? entityId;
  const role = now.data?.entities.find((entity) => entity.entity_id === entityId)?.role ?? 'other';
  const readings = addressOf({
    page: 'readings',
    entityId,
    period: periodAround('day', dateAt(ticketSpan.startMs, locale.value.zone)),
    zoom: null,
    connectionId: null,
    compare: 'none',
  });
  return (
    <div class="ticket-curve">
      {data === null || columns === null ? (
        <Waiting ofStore resource={resource} height={220} />
      ) : columns.x.length === 0 ? (
        <p class="quiet">{t.chartNone}</p>
      ) : (
        <CurveChart
          columns={columns}
          count={data.x.length}
          startS={startS}
          endS={endS}
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
