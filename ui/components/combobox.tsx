/** A field to search and pick one of many: the ARIA combobox with a list, by keyboard and by pointer. */
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { Icon } from './icon.tsx';

export interface Option {
  readonly id: string;
  readonly name: string;
  /** Second line, which distinguishes options of the same name. */
  readonly detail: string;
  readonly icon: string;
  readonly colour: string;
}

interface ComboboxProps {
  readonly label: string;
  readonly placeholder: string;
  readonly noMatch: string;
  readonly options: readonly Option[];
  readonly value: string | null;
  readonly onPick: (id: string) => void;
}

const maxShown = 100;
/** By how many options a key moves. */
const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };

/** Options that contain every typed word, in their order. */
function matching(options: readonly Option[], typed: string): Option[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return options.filter(({ id, name, detail }) => {
    const text = `${name} ${detail} ${id}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** What is open, typed and pointed at, and how keys change it. */
function useSearch({ options, value, onPick }: ComboboxProps) {
  const [isOpen, setOpen] = useState(false);
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const shown = matching(options, typed).slice(0, maxShown);
  const open = () => {
    if (isOpen) return;
    setTyped('');
    const chosen = options.findIndex((option) => option.id === value);
    setAt(Math.max(0, chosen));
    setOpen(true);
  };
  const close = () => {
    setOpen(false);
    setTyped('');
  };
  const type = (text: string) => {
    setTyped(text);
    setAt(0);
    setOpen(true);
  };
  const pick = (option: Option | undefined) => {
    close();
    if (option !== undefined) onPick(option.id);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = steps[event.key];
    if (step === undefined && (!isOpen || (event.key !== 'Enter' && event.key !== 'Escape'))) return;
    event.preventDefault();
    if (event.key === 'Enter') pick(shown[at]);
    else if (event.key === 'Escape') close();
    else if (!isOpen) open();
    else setAt(Math.max(0, Math.min(shown.length - 1, at + (step ?? 0))));
  };
  return { isOpen, typed, at, shown, open, close, type, pick, onKeyDown };
}

export function Combobox(props: ComboboxProps) {
  const { label, placeholder, noMatch, options, value } = props;
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const { isOpen, typed, at, shown, open, close, type, pick, onKeyDown } = useSearch(props);
  const chosen = options.find((option) => option.id === value) ?? null;
  useEffect(() => {
    if (isOpen) list.current?.children[at]?.scrollIntoView({ block: 'nearest' });
  }, [isOpen, at]);
  return (
    <div class="combobox field">
      <label for={`${id}-input`}>{label}</label>
      <div class="combobox-box">
        {chosen !== null && !isOpen && (
          <span class="combobox-icon" style={{ color: chosen.colour }}>
            <Icon path={chosen.icon} />
          </span>
        )}
        <input
          id={`${id}-input`}
          class={`input${chosen !== null && !isOpen ? ' has-icon' : ''}`}
          role="combobox"
          aria-expanded={isOpen}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={isOpen && shown[at] !== undefined ? `${id}-${at}` : undefined}
          autocomplete="off"
          spellcheck={false}
          placeholder={isOpen && chosen !== null ? chosen.name : placeholder}
          value={isOpen ? typed : (chosen?.name ?? '')}
          onMouseDown={open}
          onInput={(event) => type(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          onBlur={close}
        />
      </div>
      <div
        ref={list}
        id={`${id}-list`}
        class="combobox-list"
        role="listbox"
        aria-label={label}
        hidden={!isOpen}
      >
        {isOpen &&
          shown.map((option, index) => (
            <OptionRow
              key={option.id}
              id={`${id}-${index}`}
              option={option}
              isAt={index === at}
              onPick={() => pick(option)}
            />
          ))}
        {isOpen && shown.length === 0 && (
          <div class="quiet" role="option" tabIndex={-1} aria-selected="false" aria-disabled="true">
            {noMatch}
          </div>
        )}
      </div>
    </div>
  );
}

interface OptionRowProps {
  readonly id: string;
  readonly option: Option;
  readonly isAt: boolean;
  readonly onPick: () => void;
}

function OptionRow({ id, option, isAt, onPick }: OptionRowProps) {
  return (
    // The focus and the keys stay in the field; its aria-activedescendant names the current option.
    // biome-ignore lint/a11y/useFocusableInteractive: as above
    // biome-ignore lint/a11y/useKeyWithClickEvents: as above
    <div
      id={id}
      role="option"
      aria-selected={isAt}
      // Keeps the focus in the field, which would close the list before the click.
      onMouseDown={(event) => event.preventDefault()}
      onClick={onPick}
    >
      <span style={{ color: option.colour }}>
        <Icon path={option.icon} />
      </span>
      <span class="combobox-name">
        {option.name}
        <small>{option.detail}</small>
      </span>
    </div>
  );
}
