/** Asks for confirmation of a price change, with its effect on past costs. */
import { useEffect, useRef } from 'preact/hooks';
import type { Recalculation } from '../../../src/schemas/cost-versions.ts';
import { locale } from '../../state/home.ts';
import { texts } from '../../texts/texts.ts';
import { changeText } from './words.ts';

interface ChangeQuestionProps {
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
  // It replaces the pressed button, so it takes the focus.
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
