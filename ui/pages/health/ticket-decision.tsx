/** The choices of a ticket: one is picked, what it would change is tried out and told, and only then it is done. */
import { useEffect, useId, useState } from 'preact/hooks';
import type { TicketDraft, TicketOutcome, TicketRow } from '../../../src/schemas/tickets.ts';
import { ApiProblem, api } from '../../api.ts';
import { problemWords } from '../../components/states.tsx';
import { formatCount } from '../../format/numbers.ts';
import { locale } from '../../state/home.ts';
import { tickets } from '../../state/tickets.ts';
import type { Texts } from '../../texts/en.ts';
import { texts } from '../../texts/texts.ts';
import { quantityText, quantityUnit } from './ticket-words.ts';

type Choice = TicketRow['choices'][number];

interface Fields {
  readonly value: string;
  readonly oldRegister: string;
  readonly newRegister: string;
}

/** While somebody types, nothing is tried out. */
const settleMs = 400;

function numberIn(text: string): number | null {
  const value = Number(text.trim().replace(',', '.'));
  return text.trim() === '' || !Number.isFinite(value) ? null : value;
}

/** What is sent for a choice; null while figures that it needs are not there. */
export function draftOf(choice: Choice, fields: Fields): TicketDraft | null {
  switch (choice) {
    case 'accept':
    case 'exclude':
      return { choice };
    case 'set_value': {
      const value = numberIn(fields.value);
      return value === null ? null : { choice, value };
    }
    case 'exchange': {
      const [old, fresh] = [numberIn(fields.oldRegister), numberIn(fields.newRegister)];
      if (fresh === null || (old === null && fields.oldRegister.trim() !== '')) return null;
      // Nobody may have written down what the old one showed last.
      return { choice, new_register: fresh, ...(old === null ? {} : { old_register: old }) };
    }
  }
}

function firstFields({ evidence }: TicketRow): Fields {
  const figure = (name: string) => evidence.find((one) => one.name === name)?.value;
  const text = (value: number | undefined) => (value === undefined ? '' : String(value));
  return {
    value: '',
    oldRegister: text(figure('register_before')),
    newRegister: text(figure('register_after')),
  };
}

type Preview =
  | { readonly kind: 'none' }
  | { readonly kind: 'asking' }
  | { readonly kind: 'told'; readonly outcome: TicketOutcome }
  | { readonly kind: 'failed'; readonly text: string };

export function failureText(error: unknown, t: Texts): string {
  if (!(error instanceof ApiProblem)) throw error;
  const { title } = problemWords(error, t);
  return error.message === '' ? title : error.message;
}

/** Asks what the draft would change, once it is whole and stands still. */
function usePreview(ticketId: string, draft: TicketDraft | null, t: Texts): Preview {
  const [preview, setPreview] = useState<Preview>({ kind: 'none' });
  const key = JSON.stringify(draft);
  useEffect(() => {
    setPreview({ kind: draft === null ? 'none' : 'asking' });
    if (draft === null) return;
    const asking = new AbortController();
    const timer = setTimeout(() => {
      api.resolveTicket(ticketId, { ...draft, dry_run: true }, asking.signal).then(
        (outcome) => setPreview({ kind: 'told', outcome }),
        (error: unknown) => {
          if (!asking.signal.aborted) setPreview({ kind: 'failed', text: failureText(error, t) });
        },
      );
    }, settleMs);
    return () => {
      clearTimeout(timer);
      asking.abort();
    };
  }, [ticketId, key, t]);
  return preview;
}

function previewText({ changes, ticket }: TicketOutcome, t: Texts, language: string): string {
  const words = t.health.tickets;
  if (changes === null || changes.entries === 0) return words.previewSame;
  const unit = quantityUnit(ticket);
  const shown = (value: number | null) =>
    value === null ? words.previewUnknown : quantityText(value, unit, t, language);
  return words.preview(
    formatCount(changes.entries, language),
    changes.entries === 1,
    shown(changes.quantity_before),
    shown(changes.quantity_after),
  );
}

export function TicketDecision({ ticket }: { ticket: TicketRow }) {
  const all = texts();
  const t = all.health.tickets;
  const [choice, setChoice] = useState<Choice | null>(null);
  const [fields, setFields] = useState<Fields>(() => firstFields(ticket));
  const [notes, setNotes] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const draft = choice === null ? null : draftOf(choice, fields);
  const preview = usePreview(ticket.ticket_id, draft, all);
  const unit = quantityUnit(ticket);
  // A ticket's own id holds blanks, which would make several of it.
  const id = useId();
  const decide = async () => {
    if (draft === null) return;
    setBusy(true);
    setFailure(null);
    try {
      await api.resolveTicket(ticket.ticket_id, { ...draft, notes: notes.trim() });
      await tickets.refresh();
    } catch (error) {
      setFailure(failureText(error, all));
    } finally {
      setBusy(false);
    }
  };
  const figure = (key: keyof Fields, label: string) => (
    <label class="field">
      <span>{label}</span>
      <input
        class="input"
        inputMode="decimal"
        autocomplete="off"
        data-field={key}
        value={fields[key]}
        disabled={isBusy}
        onInput={(event) => setFields({ ...fields, [key]: event.currentTarget.value })}
      />
    </label>
  );
  return (
    <form
      class="ticket-decision"
      onSubmit={(event) => {
        event.preventDefault();
        void decide();
      }}
    >
      <fieldset class="ticket-choices" aria-labelledby={id} disabled={isBusy}>
        <h3 id={id}>{t.choose}</h3>
        {ticket.choices.map((one) => (
          <label key={one} class="ticket-choice">
            <input
              type="radio"
              name={id}
              value={one}
              checked={choice === one}
              onChange={() => {
                setChoice(one);
                setFailure(null);
              }}
            />
            <span>
              {t.choices[one]}
              <small class="quiet">{t.choiceWhat[one]}</small>
            </span>
          </label>
        ))}
      </fieldset>
      {choice !== null && (
        <>
          <div class="ticket-fields">
            {choice === 'set_value' && figure('value', t.value(unit))}
            {choice === 'exchange' && figure('oldRegister', t.oldRegister(unit))}
            {choice === 'exchange' && figure('newRegister', t.newRegister(unit))}
            <label class="field">
              <span>
                {t.notes} <span class="quiet">({t.notesHint})</span>
              </span>
              <input
                class="input"
                maxLength={1000}
                data-field="notes"
                value={notes}
                disabled={isBusy}
                onInput={(event) => setNotes(event.currentTarget.value)}
              />
            </label>
          </div>
          <p
            class={`ticket-preview${preview.kind === 'failed' ? ' is-error' : ''}`}
            role="status"
            data-preview={preview.kind}
          >
            {preview.kind === 'none' && t.fill}
            {preview.kind === 'asking' && t.previewing}
            {preview.kind === 'told' && previewText(preview.outcome, all, locale.value.language)}
            {preview.kind === 'failed' && preview.text}
          </p>
          <div class="row">
            <button type="submit" class="button is-main" disabled={isBusy || preview.kind !== 'told'}>
              {isBusy ? t.confirming : t.confirm}
            </button>
            <button type="button" class="button" disabled={isBusy} onClick={() => setChoice(null)}>
              {t.cancel}
            </button>
          </div>
        </>
      )}
      {failure !== null && (
        <p class="note is-error" role="alert">
          {t.failed} {failure}
        </p>
      )}
    </form>
  );
}
