/**
 * The frame of every picture that is read: it has the focus, the arrow keys move a cursor in it, and what the cursor
 * says stands below. Pointers are the picture's own business; they tell the cursor where they are.
 */
import type { ComponentChildren, RefObject } from 'preact';
import { useMemo, useState } from 'preact/hooks';

export interface Cursor {
  /** Index of what is read; null when nothing is. */
  readonly at: number | null;
  /** What the keys reach is read out; what a pointer sweeps over is not. */
  readonly isByKey: boolean;
  readonly point: (index: number | null) => void;
  readonly move: (index: number) => void;
}

/** `count`: how many things can be read. Where the cursor stood is forgotten when there are fewer. */
export function useCursor(count: number): Cursor {
  const [{ at, isByKey }, set] = useState<{ at: number | null; isByKey: boolean }>({
    at: null,
    isByKey: false,
  });
  const acts = useMemo(
    () => ({
      point: (index: number | null) => set({ at: index, isByKey: false }),
      move: (index: number) => set({ at: index, isByKey: true }),
    }),
    [],
  );
  return { at: at !== null && at < count ? at : null, isByKey, ...acts };
}

export interface ChartFrameProps {
  readonly holder: RefObject<HTMLDivElement | null>;
  readonly cursor: Cursor;
  readonly class: string;
  /** What the picture is, for those who don't see it, and what the keys do. */
  readonly label: string;
  /** By the name of the key; what is not named is left to the browser. */
  readonly keys: Readonly<Record<string, (event: KeyboardEvent) => void>>;
  /** How it is seen from outside: what is drawn, in figures. */
  readonly marks: Readonly<Record<`data-${string}`, string | number>>;
  /** The picture, where it is not drawn into `holder` by an effect. */
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
