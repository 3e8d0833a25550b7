/**
 * The frame around a page whose answer belongs to what the address asks for: grey shapes until the first one, what went
 * wrong in its place, the controls over it, and an old picture that stays, dimmed, while a new one is on its way.
 */
import type { ComponentChildren } from 'preact';
import type { Resource } from '../state/resource.ts';
import { PastNote, Problem, Skeleton, StaleNote } from './states.tsx';

export interface FollowedPageProps<T> {
  readonly resource: Resource<T>;
  /** Of what is asked for now; an answer to another question is no answer to this one. */
  readonly question: string;
  readonly skeletonHeight: number;
  readonly controls: ComponentChildren;
  /** What stands in place of controls and picture where there is nothing to show; null where there is. */
  readonly empty: (answered: T) => ComponentChildren;
  readonly children: (answered: T, isLoading: boolean) => ComponentChildren;
}

export function FollowedPage<T extends { readonly key: string }>(props: FollowedPageProps<T>) {
  const { resource, question, skeletonHeight, controls, empty, children } = props;
  const { data, problem, isLoading } = resource.state.value;
  const failed = problem !== null && (
    <section class="card">
      <Problem problem={problem} onRetry={() => void resource.refresh()} />
    </section>
  );
  if (data === null)
    return (
      failed || (
        <div class="stack">
          <Skeleton height={44} />
          <Skeleton height={skeletonHeight} />
        </div>
      )
    );
  const instead = empty(data);
  if (instead !== null) return <section class="card">{instead}</section>;
  return (
    <>
      <div class="ledger-controls">{controls}</div>
      {problem !== null && data.key !== question ? (
        failed
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
