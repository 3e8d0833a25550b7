/**
 * The frame of a page that shows the answer for the address's period: a skeleton until the first answer, an error in its
 * place, the controls above it. An old answer stays, dimmed, while the next one is fetched.
 */
import type { ComponentChildren } from 'preact';
import { PeriodControl } from '../period/period-control.tsx';
import type { FollowedAnswer } from '../state/followed.ts';
import { PastNote, StaleNote, WaitingPage } from './states.tsx';

interface FollowedPageProps {
  readonly followed: FollowedAnswer<unknown>;
  readonly skeletonHeight: number;
  /** Whether it only shows months. */
  readonly isMonthly?: boolean;
  /** Controls beside that of the period. */
  readonly controls?: ComponentChildren;
  /** Replaces controls and content when there is nothing to show; null otherwise. */
  readonly empty?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function FollowedPage(props: FollowedPageProps) {
  const { followed, skeletonHeight, isMonthly = false, controls, empty, children } = props;
  const { resource, shown, problem, hasFailed } = followed;
  const retry = () => void resource.refresh();
  if (shown === null) return <WaitingPage heights={[44, skeletonHeight]} problem={problem} onRetry={retry} />;
  if (empty) return <section class="card">{empty}</section>;
  return (
    <>
      <div class="ledger-controls">
        <PeriodControl isMonthly={isMonthly} />
        {controls}
      </div>
      {hasFailed ? (
        <WaitingPage heights={[]} problem={problem} onRetry={retry} />
      ) : (
        <>
          <StaleNote problem={problem} />
          <PastNote />
          {children}
        </>
      )}
    </>
  );
}
