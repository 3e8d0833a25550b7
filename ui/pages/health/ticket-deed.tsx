/** What a button of tickets does: one at a time, and what went wrong stands beside it. */
import { useState } from 'preact/hooks';
import { texts } from '../../texts/texts.ts';
import { failureText } from './ticket-decision.tsx';

export function useDeed(work: () => Promise<void>) {
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const act = async () => {
    setBusy(true);
    setFailure(null);
    try {
      await work();
    } catch (error) {
      setFailure(failureText(error, texts()));
    } finally {
      setBusy(false);
    }
  };
  return { isBusy, failure, act };
}

export function Failure({ text }: { text: string | null }) {
  if (text === null) return null;
  return (
    <p class="note is-error" role="alert">
      {texts().health.tickets.failed} {text}
    </p>
  );
}
