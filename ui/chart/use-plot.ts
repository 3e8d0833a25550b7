/** A uPlot drawing in an element: as wide as the element, in the theme's colours. */
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type uPlot from 'uplot';
import { themeVersion } from '../theme/theme.ts';

interface PlotSize {
  readonly width: number;
  readonly height: number;
}

const leastWidth = 200;
const phoneWidth = 560;

interface Plot {
  readonly holder: RefObject<HTMLDivElement | null>;
  /** Null until it is drawn. */
  readonly drawing: RefObject<uPlot | null>;
}

/**
 * `heights`: on a wide screen and on a phone. `make` is called again when one of `madeOf` or the theme changes. The caller
 * sets new data into the drawing.
 */
export function usePlot(
  heights: readonly [wide: number, phone: number],
  make: (element: HTMLDivElement, size: PlotSize) => uPlot,
  madeOf: readonly unknown[],
): Plot {
  const holder = useRef<HTMLDivElement>(null);
  const drawing = useRef<uPlot | null>(null);
  useEffect(() => {
    const element = holder.current;
    if (element === null) return;
    const sizeOf = () => ({
      width: Math.max(leastWidth, element.clientWidth),
      height: heights[element.clientWidth < phoneWidth ? 1 : 0],
    });
    const made = make(element, sizeOf());
    drawing.current = made;
    const resizes = new ResizeObserver(() => made.setSize(sizeOf()));
    resizes.observe(element);
    return () => {
      resizes.disconnect();
      made.destroy();
      drawing.current = null;
    };
  }, [...madeOf, themeVersion.value]);
  return { holder, drawing };
}
