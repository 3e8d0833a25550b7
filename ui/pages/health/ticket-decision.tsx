/** The choices of a ticket: after one is picked, a dry run shows what it would change, and only then it can be confirmed. */
import { useEffect, useId, useState } from 'preact/hooks';
import type { TicketDraft, TicketOutcome, TicketRow } from '../../../src/schemas/tickets.ts';
import { ApiProblem, api } from '../../api.ts';
import { type Action, failureText, useAction } from '../../components/action.tsx';
import { onSubmit, TextField } from '../../components/fields.tsx';
import { locale } from '../../state/home.ts';
import { tickets } from '../../state/tickets.ts';
import type { Texts } from '../../texts/en.ts';
import { texts } from '../../texts/texts.ts';
import { type Choice, draftOf, type Fields, firstFields, previewText } from './ticket-draft.ts';
import { quantityUnit } from './ticket-words.ts';

/** No dry run while the user is typing. */
const settleMs = 400;

type Preview =
  | { readonly kind: 'none' }
  | { readonly kind: 'asking' }
  | { readonly kind: 'ready'; readonly outcome: TicketOutcome }
  | { readonly kind: 'failed'; readonly text: string };

/** The dry run of a draft, once the draft is complete and no longer changes. */
function usePreview(ticketId: string, draft: TicketDraft | null, t: Texts): Preview {
  const [preview, setPreview] = useState<Preview>({ kind: 'none' });
  const key = JSON.stringify(draft);
  useEffect(() => {
    setPreview({ kind: draft === null ? 'none' : 'asking' });
    if (draft === null) return;
    const asking = new AbortController();
    const timer = setTimeout(() => {
      api.resolveTicket(ticketId, { ...draft, dry_run: true }, asking.signal).then(
        (outcome) => setPreview({ kind: 'ready', outcome }),
        (error: unknown) => {
          if (asking.signal.aborted) return;
          if (!(error instanceof ApiProblem)) throw error;
          setPreview({ kind: 'failed', text: failureText(error, t) });
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

export function TicketDecision({ ticket }: { ticket: TicketRow }) {
  const all = texts();
  const [choice, setChoice] = useState<Choice | null>(null);
  const [fields, setFields] = useState<Fields>(() => firstFields(ticket));
  const [notes, setNotes] = useState('');
  const action = useAction();
  const draft = choice === null ? null : draftOf(choice, fields);
  const preview = usePreview(ticket.ticket_id, draft, all);
  const decide = () => {
    if (draft === null) return;
    void action.run(async () => {
      await api.resolveTicket(ticket.ticket_id, { ...draft, notes: notes.trim() });
      await tickets.refresh();
      return null;
    });
  };
  const pick = (picked: Choice) => {
    setChoice(picked);
    action.clear();
  };
  return (
    <form class="ticket-decision" onSubmit={onSubmit(decide)}>
      <Choices choices={ticket.choices} choice={choice} isBusy={action.isBusy} onPick={pick} />
      {choice !== null && (
        <>
          <FigureFields
            choice={choice}
            unit={quantityUnit(ticket)}
            fields={fields}
            notes={notes}
            isBusy={action.isBusy}
            onFields={setFields}
            onNotes={setNotes}
          />
          <Confirmation preview={preview} isBusy={action.isBusy} onCancel={() => setChoice(null)} />
        </>
      )}
      <ActionFailure action={action} />
    </form>
  );
}

function Choices(props: {
  choices: readonly Choice[];
  choice: Choice | null;
  isBusy: boolean;
  onPick: (choice: Choice) => void;
}) {
  const { choices, choice, isBusy, onPick } = props;
  const t = texts().health.tickets;
  // Not the ticket's id: it contains spaces, which separate ids in aria-labelledby.
  const id = useId();
  return (
    <fieldset class="ticket-choices" aria-labelledby={id} disabled={isBusy}>
      <h3 id={id}>{t.choose}</h3>
      {choices.map((one) => (
        <label key={one} class="ticket-choice">
          <input type="radio" name={id} value={one} checked={choice === one} onChange={() => onPick(one)} />
          <span>
            {t.choices[one]}
            <small class="quiet">{t.choiceWhat[one]}</small>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

interface FigureFieldsProps {
  readonly choice: Choice;
  readonly unit: string;
  readonly fields: Fields;
  readonly notes: string;
  readonly isBusy: boolean;
  readonly onFields: (fields: Fields) => void;
  readonly onNotes: (notes: string) => void;
}

function FigureFields(props: FigureFieldsProps) {
  const { choice, unit, fields, notes, isBusy, onFields, onNotes } = props;
  const t = texts().health.tickets;
  const figure = (key: keyof Fields, label: string) => (
    <TextField
      label={label}
      inputMode="decimal"
      autocomplete="off"
      data-field={key}
      value={fields[key]}
      disabled={isBusy}
      onText={(text) => onFields({ ...fields, [key]: text })}
    />
  );
  const notesLabel = (
    <>
      {t.notes} <span class="quiet">({t.notesHint})</span>
    </>
  );
  return (
    <div class="ticket-fields">
      {choice === 'set_value' && figure('value', t.value(unit))}
      {choice === 'exchange' && figure('oldRegister', t.oldRegister(unit))}
      {choice === 'exchange' && figure('newRegister', t.newRegister(unit))}
      <TextField
        label={notesLabel}
        maxLength={1000}
        data-field="notes"
        value={notes}
        disabled={isBusy}
        onText={onNotes}
      />
    </div>
  );
}

function Confirmation(props: { preview: Preview; isBusy: boolean; onCancel: () => void }) {
  const { preview, isBusy, onCancel } = props;
  const all = texts();
  const t = all.health.tickets;
  return (
    <>
      <p
        class={`ticket-preview${preview.kind === 'failed' ? ' is-error' : ''}`}
        role="status"
        data-preview={preview.kind}
      >
        {preview.kind === 'none' && t.fill}
        {preview.kind === 'asking' && t.previewing}
        {preview.kind === 'ready' && previewText(preview.outcome, all, locale.value.language)}
        {preview.kind === 'failed' && preview.text}
      </p>
      <div class="row">
        <button type="submit" class="button is-main" disabled={isBusy || preview.kind !== 'ready'}>
          {isBusy ? t.confirming : t.confirm}
        </button>
        <button type="button" class="button" disabled={isBusy} onClick={onCancel}>
          {t.cancel}
        </button>
      </div>
    </>
  );
}

/** Why a decision or its undoing failed. */
export function ActionFailure({ action: { outcome } }: { action: Action }) {
  if (outcome === null) return null;
  return (
    <p class="note is-error" role="alert">
      {texts().health.tickets.failed} {outcome.text}
    </p>
  );
}
