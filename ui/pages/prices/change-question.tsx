/** What a change of prices makes of the past, asked before it is made. */
import { useEffect, useRef } from 'preact/hooks';
import type { Recalculation } from '../../../src/schemas/analytics.ts';
import { locale } from '../../state/home.ts';
import { texts } from '../../texts/texts.ts';
import { changeText } from './words.ts';

export interface ChangeQuestionProps {
  readonly title: string;
  readonly change: Recalculation;
  readonly currency: string | null;
  readonly act: string;
  readonly isBusy: boolean;
  readonly onAct: () => void;
  readonly onCancel: () => void;
}

export function ChangeQuestion(props: ChangeQuestionProps) {
  const { title, change, currency, act, isBusy, onAct, onCancel } = props;
  const t = texts().prices;
  const heading = useRef<HTMLHeadingElement>(null);
  // It stands in for what was pressed: reading goes on here.
  useEffect(() => heading.current?.focus(), [title]);
  return (
    <div class="price-question" data-question>
      <h3 ref={heading} tabIndex={-1}>
        {title}
      </h3>
      <p>{changeText(change, currency, t, locale.value.language)}</p>
      <div class="row">
        <button type="button" class="button is-main" disabled={isBusy} onClick={onAct}>
          {isBusy ? t.working : act}
        </button>
        <button type="button" class="button" disabled={isBusy} onClick={onCancel}>
          {t.cancel}
        </button>
      </div>
    </div>
  );
}
