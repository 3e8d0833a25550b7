/**
 * The frame of every chart: it takes the focus, keys move a cursor in it, and the readout below shows what is at the
 * cursor. Charts handle pointers themselves and report the position to the cursor.
 */
import type { ComponentChildren, RefObject } from 'preact';
import { useMemo, useState } from 'preact/hooks';

export interface Cursor {
  /** Index of the point that is read; null for none. */
  readonly at: number | null;
  /** Screen readers read what keys move to, not what a pointer passes over. */
  readonly isByKey: boolean;
  readonly point: (index: number | null) => void;
  readonly move: (index: number) => void;
}

/** `count`: number of points. A cursor beyond it is null. */
export function useCursor(count: number): Cursor {
  const [{ at, isByKey }, set] = useState<{ at: number | null; isByKey: boolean }>({
    at: null,
    isByKey: false,
  });
  const moves = useMemo(
    () => ({
      point: (index: number | null) => set({ at: index, isByKey: false }),
      move: (index: number) => set({ at: index, isByKey: true }),
    }),
    [],
  );
  return { at: at !== null && at < count ? at : null, isByKey, ...moves };
}

export type ChartKeys = Readonly<Record<string, (event: KeyboardEvent) => void>>;

interface ChartFrameProps {
  readonly holder: RefObject<HTMLDivElement | null>;
  readonly cursor: Cursor;
  readonly class: string;
  /** Accessible name, with what the keys do. */
  readonly label: string;
  /** By the name of the key; other keys are left to the browser. */
  readonly keys: ChartKeys;
  /** What is drawn, in figures, for tests. */
  readonly marks: Readonly<Record<`data-${string}`, string | number>>;
  /** The chart, unless an effect draws it into `holder`. */
  readonly picture?: ComponentChildren;
  readonly onPoint?: (event: PointerEvent) => void;
  readonly onPress?: (event: MouseEvent) => void;
  readonly readoutClass: string;
  readonly children: ComponentChildren;
}

export function ChartFrame(props: ChartFrameProps) {
  const { holder, cursor, label, keys, marks, picture, onPoint, onPress, readoutClass, children } = props;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (act === undefined) return;
    event.preventDefault();
    act(event);
  };
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: no element is a chart */}
      <div
        ref={holder}
        class={props.class}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move its cursor
        tabIndex={0}
        role="group"
        aria-roledescription="chart"
        aria-label={label}
        onKeyDown={onKeyDown}
        {...(onPoint === undefined ? {} : { onPointerMove: onPoint, onPointerDown: onPoint })}
        {...(onPress === undefined ? {} : { onClick: onPress })}
        {...marks}
      >
        {picture}
      </div>
      <div class={readoutClass} aria-live={cursor.isByKey ? 'polite' : 'off'} data-cursor>
        {children}
      </div>
    </>
  );
}
