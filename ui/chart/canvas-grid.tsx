/** A grid of cells on a canvas, such as a heat map, read by pointer and by keys. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { themeVersion } from '../theme/theme.ts';
import { ChartFrame, type ChartKeys, type Cursor, useCursor } from './chart-frame.tsx';
import { useWidth } from './use-width.ts';

/** Positions in CSS pixels. */
interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

interface CanvasGridProps {
  /** Base of the classes of its parts. */
  readonly name: 'heat' | 'coverage';
  readonly label: string;
  /** Number of cells. */
  readonly count: number;
  readonly heightOf: (width: number) => number;
  /** Draws in CSS pixels. Called again when the width, the theme or one of `drawnFrom` changes. */
  readonly draw: (context: CanvasRenderingContext2D, width: number) => void;
  readonly drawnFrom: readonly unknown[];
  /** Index of the cell at a point; null outside the cells. */
  readonly cellAt: (width: number, x: number, y: number) => number | null;
  readonly boxOf: (width: number, index: number) => Box;
  readonly keysOf: (cursor: Cursor) => ChartKeys;
  readonly marks: Readonly<Record<`data-${string}`, number>>;
  readonly onPress?: ((index: number) => void) | null;
  /** The cursor is cleared when this changes. */
  readonly subject?: string;
  readonly readout: (index: number | null) => ComponentChildren;
}

/** Room between a cell and the frame of the cursor. */
const cursorRoomPx = 2;

export function CanvasGrid(props: CanvasGridProps) {
  const { name, count, heightOf, draw, drawnFrom, cellAt, boxOf, keysOf, onPress, subject } = props;
  const holder = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useWidth(holder);
  const height = heightOf(width);
  const cursor = useCursor(count);
  const box = cursor.at === null ? null : boxOf(width, cursor.at);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context == null || width === 0) return;
    context.canvas.width = Math.round(width * devicePixelRatio);
    context.canvas.height = Math.round(height * devicePixelRatio);
    context.scale(devicePixelRatio, devicePixelRatio);
    draw(context, width);
  }, [width, themeVersion.value, ...drawnFrom]);
  useEffect(() => cursor.point(null), [subject]);
  /** Calls `act` with the cell under the pointer. */
  const atCell = (act: (index: number) => void) => (event: MouseEvent) => {
    const frame = canvas.current?.getBoundingClientRect();
    if (frame === undefined) return;
    const index = cellAt(width, event.clientX - frame.left, event.clientY - frame.top);
    if (index !== null) act(index);
  };
  return (
    <ChartFrame
      holder={holder}
      cursor={cursor}
      class={`${name}-plot`}
      label={props.label}
      keys={keysOf(cursor)}
      marks={props.marks}
      onPoint={atCell(cursor.point)}
      {...(onPress == null ? {} : { onPress: atCell(onPress) })}
      readoutClass={`${name}-readout`}
      picture={
        <>
          <canvas ref={canvas} style={{ width: `${width}px`, height: `${height}px` }} />
          {box !== null && (
            <span
              class="heat-cursor"
              style={{
                left: `${box.left - cursorRoomPx}px`,
                top: `${box.top - cursorRoomPx}px`,
                width: `${box.width + 2 * cursorRoomPx}px`,
                height: `${box.height + 2 * cursorRoomPx}px`,
              }}
            />
          )}
        </>
      }
    >
      {props.readout(cursor.at)}
    </ChartFrame>
  );
}
