/** What colours and patterns of the bars mean; only what the picture holds. */
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
  /** What it means that nothing is there, where that has words of its own. */
  missing?: string;
  children?: ComponentChildren;
}) {
  const t = texts().bars.legend;
  const grounds = [
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
      {grounds
        .filter(([, , isThere]) => isThere)
        .map(([kind, words]) => (
          <li key={kind} data-legend={kind}>
            <Swatch colour={markOf('text-2')} kind={kind} />
            {words}
          </li>
        ))}
    </ul>
  );
}
