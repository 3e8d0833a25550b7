/** Copies a table for a spreadsheet. */
import { mdiContentCopy } from '@mdi/js';
import { useState } from 'preact/hooks';
import { texts } from '../texts/texts.ts';
import { copyText } from './copy-text.ts';
import { Icon } from './icon.tsx';

/** Copies texts; `status` says whether the last copy worked, and is empty before the first. */
export function useCopy(words: { readonly copied: string; readonly copyFailed: string }) {
  const [isCopied, setCopied] = useState<boolean | null>(null);
  return {
    status: isCopied === null ? '' : isCopied ? words.copied : words.copyFailed,
    copy: async (text: string) => setCopied(await copyText(text)),
    reset: () => setCopied(null),
  };
}

/** `tableText` makes the table's text when the button is pressed; see `asTabSeparated`. */
export function CopyButton({ tableText }: { tableText: () => string }) {
  const t = texts().table;
  const { status, copy } = useCopy(t);
  return (
    <div class="row">
      <span role="status">{status}</span>
      <button
        type="button"
        class="button copy-button"
        aria-label={t.copy}
        title={t.copy}
        onClick={() => void copy(tableText())}
      >
        <Icon path={mdiContentCopy} />
        <span class="not-phone">{t.copy}</span>
      </button>
    </div>
  );
}
