/**
 * Follows Home Assistant's theme: the custom properties of the page around this one. Without that page, or without access
 * to it, tokens.css has similar defaults and the system selects light or dark.
 */
import { signal } from '@preact/signals';
import { black, type Colour, contrast, cssColour, isDark, readable, white } from './contrast.ts';

const followed = [
  '--primary-color',
  '--primary-text-color',
  '--secondary-text-color',
  '--primary-background-color',
  '--secondary-background-color',
  '--card-background-color',
  '--ha-card-background',
  '--divider-color',
  '--ha-card-border-radius',
  '--ha-card-border-color',
  '--ha-font-family-body',
  '--error-color',
  '--warning-color',
  '--success-color',
  '--energy-grid-consumption-color',
  '--energy-grid-return-color',
  '--energy-solar-color',
  '--energy-battery-in-color',
  '--energy-battery-out-color',
  '--energy-gas-color',
  '--energy-water-color',
  '--energy-non-fossil-color',
] as const;

/** Tokens with a variant `…-ink`, readable as text on a card. */
const inked = ['--accent', '--error', '--warning', '--success', '--text-2'];
/** Tokens with a variant `…-mark`, with the contrast that lines and icons need. */
const marked = [
  '--grid-in',
  '--grid-out',
  '--solar',
  '--battery-in',
  '--battery-out',
  '--gas',
  '--water',
  '--home',
  '--accent',
];

/** Increments when colours change, for what is painted on a canvas. */
export const themeVersion = signal(0);

function parentRoot(): HTMLElement | null {
  try {
    return window.parent === window ? null : window.parent.document.documentElement;
  } catch {
    // The page around this one is of another origin and cannot be read.
    return null;
  }
}

function adopt(from: HTMLElement | null): void {
  const root = document.documentElement;
  const source = from?.ownerDocument.defaultView?.getComputedStyle(from);
  for (const name of followed) {
    const value = source?.getPropertyValue(name).trim() ?? '';
    if (value === '') root.style.removeProperty(name);
    else root.style.setProperty(name, value);
  }
}

/** Resolves any CSS colour, as it looks on `under`. */
function painter(): (css: string, under: Colour) => Colour {
  const canvas = document.createElement('canvas');
  canvas.width = 1;
  canvas.height = 1;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  return (css, under) => {
    if (context === null) return under;
    context.fillStyle = cssColour(under);
    context.fillRect(0, 0, 1, 1);
    context.fillStyle = css;
    context.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
    return { red, green, blue };
  };
}

function derive(hasParentColours: boolean): void {
  const root = document.documentElement;
  const probe = document.createElement('span');
  root.append(probe);
  const computed = (token: string) => {
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  };
  const paint = painter();
  if (hasParentColours) root.dataset.scheme = isDark(paint(computed('--page'), white)) ? 'dark' : 'light';
  else delete root.dataset.scheme;
  const page = paint(computed('--page'), white);
  const card = paint(computed('--card'), page);
  // Text is on cards and on the page, so it has to be readable on both.
  for (const token of inked) {
    const onCard = readable(paint(computed(token), card), card, 4.6);
    root.style.setProperty(`${token}-ink`, cssColour(readable(onCard, page, 4.6)));
  }
  for (const token of marked)
    root.style.setProperty(`${token}-mark`, cssColour(readable(paint(computed(token), card), card, 3)));
  const accent = paint(computed('--accent'), card);
  const onAccent = contrast(white, accent) >= 2.5 ? white : black;
  root.style.setProperty('--on-accent', cssColour(onAccent));
  root.style.setProperty('--accent-fill', cssColour(readable(accent, onAccent, 4.6)));
  probe.remove();
}

/** Starts to follow the theme; returns a function that stops it. */
export function followTheme(): () => void {
  const parent = parentRoot();
  const refresh = () => {
    adopt(parent);
    derive(parent !== null && document.documentElement.style.getPropertyValue('--primary-text-color') !== '');
    themeVersion.value += 1;
  };
  const system = matchMedia('(prefers-color-scheme: dark)');
  system.addEventListener('change', refresh);
  const observer = new MutationObserver(refresh);
  if (parent !== null) {
    observer.observe(parent, { attributes: true, attributeFilter: ['style', 'class', 'data-theme'] });
  }
  refresh();
  return () => {
    observer.disconnect();
    system.removeEventListener('change', refresh);
  };
}

/** The current value of a token, where var() cannot be used. */
export function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
