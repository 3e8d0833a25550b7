/** Runs the changes a user makes, one at a time, and shows the outcome. */
import { mdiAlertCircleOutline, mdiCheckCircleOutline } from '@mdi/js';
import { useState } from 'preact/hooks';
import { ApiProblem } from '../api.ts';
import type { Texts } from '../texts/en.ts';
import { texts } from '../texts/texts.ts';
import { Icon } from './icon.tsx';
import { problemWords } from './states.tsx';

interface Outcome {
  readonly text: string;
  /** False for a result that is shown as an error. */
  readonly isGood?: boolean;
  /** Reverts the change. */
  readonly undo?: () => void;
}

export interface Action {
  /** Whether the user may change things. */
  readonly mayChange: boolean;
  readonly isBusy: boolean;
  /**
   * Runs `work` and shows its outcome; null shows nothing. A failed request is shown as `failed` words it.
   * @throws whatever is not an `ApiProblem`
   */
  run(work: () => Promise<Outcome | null>, failed?: (problem: ApiProblem, t: Texts) => string): Promise<void>;
  /** Shows why the input cannot be used. */
  refuse(reason: string): void;
  clear(): void;
  readonly outcome: Outcome | null;
}

/** What the app says about a failed request; in general words when it says nothing. */
export function failureText(problem: ApiProblem, t: Texts): string {
  return problem.message || problemWords(problem, t).title;
}

interface ActionOptions {
  readonly mayChange?: boolean;
  /** Called after a change, to fetch what it changed. */
  readonly onChanged?: () => Promise<void>;
}

export function useAction({ mayChange = true, onChanged }: ActionOptions = {}): Action {
  const [isBusy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Action['outcome']>(null);
  return {
    mayChange,
    isBusy,
    outcome,
    refuse: (reason) => setOutcome({ isGood: false, text: reason }),
    clear: () => setOutcome(null),
    run: async (work, failed = failureText) => {
      setBusy(true);
      setOutcome(null);
      try {
        const result = await work();
        if (result === null) return;
        setOutcome(result);
        await onChanged?.();
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error;
        setOutcome({ isGood: false, text: failed(error, texts()) });
      } finally {
        setBusy(false);
      }
    },
  };
}

interface ActionOutcomeProps {
  readonly action: Action;
  /** Label of the button that reverts the change. */
  readonly undo?: string;
  readonly class?: string;
}

export function ActionOutcome({ action, undo, class: name = 'action-outcome' }: ActionOutcomeProps) {
  const { outcome, isBusy } = action;
  const isGood = outcome?.isGood !== false;
  return (
    <div role="status" class={name}>
      {outcome !== null && (
        <p class={`note ${isGood ? 'is-success' : 'is-error'}`}>
          <Icon path={isGood ? mdiCheckCircleOutline : mdiAlertCircleOutline} />
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
