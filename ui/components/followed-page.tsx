/**
 * The frame of a page that shows the answer for the address's period: a skeleton until the first answer, an error in its
 * place, the controls above it. An old answer stays, dimmed, while the next one is fetched.
 */
import type { ComponentChildren } from 'preact';
import type { FollowedAnswer, PeriodAnswer } from '../state/followed.ts';
import { PastNote, StaleNote, WaitingPage } from './states.tsx';

interface FollowedPageProps<T> {
  readonly followed: FollowedAnswer<T>;
  readonly skeletonHeight: number;
  readonly controls: ComponentChildren;
  /** Replaces controls and content when there is nothing to show; null otherwise. */
  readonly empty?: (answer: T) => ComponentChildren;
  readonly children: (shown: PeriodAnswer<T>, isLoading: boolean) => ComponentChildren;
}

export function FollowedPage<T>(props: FollowedPageProps<T>) {
  const { followed, skeletonHeight, controls, empty, children } = props;
  const { key, resource } = followed;
  const { data, problem, isLoading } = resource.state.value;
  const retry = () => void resource.refresh();
  if (data === null) return <WaitingPage heights={[44, skeletonHeight]} problem={problem} onRetry={retry} />;
  const instead = empty?.(data.answer) ?? null;
  if (instead !== null) return <section class="card">{instead}</section>;
  return (
    <>
      <div class="ledger-controls">{controls}</div>
      {problem !== null && data.key !== key ? (
        <WaitingPage heights={[]} problem={problem} onRetry={retry} />
      ) : (
        <>
          <StaleNote problem={problem} />
          <PastNote />
          {children(data, isLoading)}
        </>
      )}
    </>
  );
}
