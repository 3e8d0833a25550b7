/** What the parts of a page that changes things share: whether something is under way, and what came of it. */
import { mdiAlertCircleOutline, mdiCheckCircleOutline } from '@mdi/js';
import { useState } from 'preact/hooks';
import { ApiProblem } from '../api.ts';
import { texts } from '../texts/texts.ts';
import { Icon } from './icon.tsx';
import { problemWords } from './states.tsx';

export interface Outcome {
  readonly text: string;
  /** Makes it as it was before. */
  readonly undo?: () => void;
}

export interface Desk {
  readonly mayChange: boolean;
  readonly isBusy: boolean;
  /** Does it, and tells what came of it or why it failed. */
  attempt(work: () => Promise<Outcome | null>): Promise<void>;
  refuse(why: string): void;
  readonly outcome: (Outcome & { readonly isGood: boolean }) | null;
}

/** @param onChanged what was changed is asked for anew */
export function useDesk(mayChange: boolean, onChanged: () => Promise<void>): Desk {
  const [isBusy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Desk['outcome']>(null);
  return {
    mayChange,
    isBusy,
    outcome,
    refuse: (why) => setOutcome({ isGood: false, text: why }),
    attempt: async (work) => {
      setBusy(true);
      setOutcome(null);
      try {
        const done = await work();
        if (done === null) return;
        setOutcome({ ...done, isGood: true });
        await onChanged();
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error;
        setOutcome({ isGood: false, text: error.message || problemWords(error, texts()).title });
      } finally {
        setBusy(false);
      }
    },
  };
}

export function DeskOutcome({ desk: { outcome, isBusy }, undo }: { desk: Desk; undo: string }) {
  return (
    <div role="status" class="desk-outcome">
      {outcome !== null && (
        <p class={`note ${outcome.isGood ? 'is-success' : 'is-error'}`}>
          <Icon path={outcome.isGood ? mdiCheckCircleOutline : mdiAlertCircleOutline} />
          <span>{outcome.text}</span>
          {outcome.undo !== undefined && (
            <button type="button" class="button" disabled={isBusy} onClick={outcome.undo}>
              {undo}
            </button>
          )}
        </p>
      )}
    </div>
  );
}
