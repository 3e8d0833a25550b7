/** Readable colours: a theme's colour is kept if it has enough contrast, else moved towards black or white. */

export interface Colour {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

function linear(channel: number): number {
  const share = channel / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

/** WCAG's relative luminance, 0 to 1. */
function luminance({ red, green, blue }: Colour): number {
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

/** WCAG's contrast ratio, 1 to 21. */
export function contrast(a: Colour, b: Colour): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function mixed(colour: Colour, other: Colour, share: number): Colour {
  const mix = (a: number, b: number) => Math.round(a + (b - a) * share);
  return {
    red: mix(colour.red, other.red),
    green: mix(colour.green, other.green),
    blue: mix(colour.blue, other.blue),
  };
}

export const black: Colour = { red: 0, green: 0, blue: 0 };
export const white: Colour = { red: 255, green: 255, blue: 255 };

/** The nearest colour of the same hue with a contrast of at least `ratio` to the background. */
export function readable(colour: Colour, background: Colour, ratio: number): Colour {
  const target = contrast(black, background) > contrast(white, background) ? black : white;
  for (let step = 0; step <= 50; step += 1) {
    const candidate = mixed(colour, target, step / 50);
    if (contrast(candidate, background) >= ratio) return candidate;
  }
  return target;
}

export function isDark(colour: Colour): boolean {
  return luminance(colour) < 0.18;
}

export function cssColour({ red, green, blue }: Colour): string {
  return `rgb(${red} ${green} ${blue})`;
}
