import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** Width of an element in CSS pixels; 0 before it exists. */
export function useWidth(holder: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = holder.current;
    if (element === null) return;
    const resizes = new ResizeObserver(() => setWidth(element.clientWidth));
    resizes.observe(element);
    setWidth(element.clientWidth);
    return () => resizes.disconnect();
  }, [holder]);
  return width;
}
