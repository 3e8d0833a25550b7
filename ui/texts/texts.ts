/** The catalogue of the user's language. To add a language, add a file beside en.ts and a line here. */
import { computed } from '@preact/signals';
import { locale } from '../state/home.ts';
import { en, type Texts } from './en.ts';

const catalogues: Readonly<Record<string, Texts>> = { en };

const current = computed<Texts>(() => catalogues[locale.value.language.split('-')[0] ?? 'en'] ?? en);

export function texts(): Texts {
  return current.value;
}
