/** The period's totals as cards. */
import { mdiArrowDown, mdiArrowUp } from '@mdi/js';
import type { BalanceAnswer } from '../../../src/schemas/balance.ts';
import { Icon } from '../../components/icon.tsx';
import { markOf } from '../../components/role-look.ts';
import { formatShare } from '../../format/numbers.ts';
import { locale } from '../../state/home.ts';
import { texts } from '../../texts/texts.ts';
import { changeOf } from './comparison.ts';
import { type Figure, figuresOf, figureText } from './figures.ts';

function ChangeNote({ answer, figure, nowMs }: { answer: BalanceAnswer; figure: Figure; nowMs: number }) {
  const t = texts().energy.change;
  // The change of a share means nothing: it is a part of another whole.
  if (figure.kind === 'share') return null;
  const change = changeOf(answer, figure.amount, nowMs);
  if (change === null) return <span class="figure-change quiet">{t.unknown}</span>;
  const share = formatShare(Math.abs(change.share), locale.value.language);
  const isSame = Math.abs(change.share) < 0.005;
  return (
    <span class="figure-change quiet" data-change={change.share}>
      {!isSame && <Icon path={change.share < 0 ? mdiArrowDown : mdiArrowUp} />}
      {isSame ? t.same : change.share < 0 ? t.less(share) : t.more(share)}
    </span>
  );
}

export function FigureCards({
  answer,
  isCompared,
  nowMs,
}: {
  answer: BalanceAnswer;
  isCompared: boolean;
  nowMs: number;
}) {
  const t = texts().energy;
  const { language } = locale.value;
  return (
    <section aria-label={t.figures}>
      <dl class="figures">
        {figuresOf(answer).map((figure) => {
          const text = figureText(figure, answer.total, answer.currency, language);
          return (
            <div
              key={figure.key}
              class={`card figure${figure.key === 'home' ? ' is-main' : ''}`}
              data-figure={figure.key}
              data-value={answer.total[figure.amount] ?? ''}
            >
              <dt>
                <span style={{ color: markOf(figure.colour) }}>
                  <Icon path={figure.icon} />
                </span>
                {t.figure[figure.key]}
              </dt>
              <dd>
                {text === null ? (
                  <span class="figure-unknown quiet">{figure.kind === 'money' ? t.noPrice : t.notKnown}</span>
                ) : (
                  <span class="figure-value">{text}</span>
                )}
                {isCompared && text !== null && <ChangeNote answer={answer} figure={figure} nowMs={nowMs} />}
              </dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}
