/** The meaning of the colours and patterns that the bars use. */
import type { ComponentChildren } from 'preact';
import { markOf } from '../components/role-look.ts';
import { texts } from '../texts/texts.ts';
import type { Bar, BarSeries } from './bars.ts';

export function Swatch({ colour, kind = 'solid' }: { colour: string; kind?: string }) {
  return <span class="swatch" data-kind={kind} style={{ color: colour }} aria-hidden="true" />;
}

export function BarLegend({
  bars,
  series,
  missing,
  children,
}: {
  bars: readonly Bar[];
  series: readonly BarSeries[];
  /** Words for bars without data, if the page has its own. */
  missing?: string;
  children?: ComponentChildren;
}) {
  const t = texts().bars.legend;
  const looks = [
    ['pale', t.pale, bars.some((bar) => bar.look === 'pale' && bar.presence === 'known')],
    ['hatched', t.hatched, bars.some((bar) => bar.look === 'hatched' && bar.presence === 'known')],
    ['incomplete', t.incomplete, bars.some((bar) => bar.isIncomplete)],
    ['missing', missing ?? t.missing, bars.some((bar) => bar.presence === 'missing')],
  ] as const;
  return (
    <ul class="bars-legend" aria-label={t.title}>
      {series.map(({ key, label, colour }) => (
        <li key={key}>
          <Swatch colour={`var(--${colour}-mark)`} />
          {label}
        </li>
      ))}
      {children}
      {looks
        .filter(([, , isUsed]) => isUsed)
        .map(([kind, words]) => (
          <li key={kind} data-legend={kind}>
            <Swatch colour={markOf('text-2')} kind={kind} />
            {words}
          </li>
        ))}
    </ul>
  );
}
