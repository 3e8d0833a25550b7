/** Hatching for values that were not measured directly. */

const tilePx = 6;
const patterns = new Map<string, CanvasPattern>();
const maxPatterns = 60;

/** Adds an alpha to colours of theme.ts, "rgb(r g b)"; returns others unchanged. */
export function translucent(colour: string, alpha: number): string {
  return /^rgb\([^/,]+\)$/.test(colour) ? colour.replace(/\)$/, ` / ${Math.round(alpha * 100)}%)`) : colour;
}

/** Lines of `colour` on a faint background of it over `under`. */
export function hatch(
  ctx: CanvasRenderingContext2D,
  colour: string,
  under: string,
  alpha: number,
  dpr: number,
): CanvasPattern | string {
  const key = `${colour} ${under} ${alpha} ${dpr}`;
  const found = patterns.get(key);
  if (found !== undefined) return found;
  const size = Math.round(tilePx * dpr);
  const tile = document.createElement('canvas');
  tile.width = size;
  tile.height = size;
  const paint = tile.getContext('2d');
  if (paint === null) return colour;
  if (under !== 'transparent') {
    paint.fillStyle = under;
    paint.fillRect(0, 0, size, size);
    paint.fillStyle = translucent(colour, 0.25);
    paint.fillRect(0, 0, size, size);
  }
  paint.strokeStyle = translucent(colour, alpha);
  paint.lineWidth = size / 4;
  paint.beginPath();
  // Through the middle and each corner, so that tiles join without a seam.
  for (const offset of [-size, 0, size]) {
    paint.moveTo(offset - 1, size + 1);
    paint.lineTo(offset + size + 1, -1);
  }
  paint.stroke();
  const made = ctx.createPattern(tile, 'repeat');
  if (made === null) return colour;
  if (patterns.size >= maxPatterns) patterns.clear();
  patterns.set(key, made);
  return made;
}
