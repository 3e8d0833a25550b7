/** A field to search and pick one of many: the ARIA combobox with a list, by keyboard and by pointer. */
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { Icon } from './icon.tsx';

export interface Option {
  readonly id: string;
  readonly name: string;
  /** Second line: what tells equals apart. */
  readonly detail: string;
  readonly icon: string;
  readonly colour: string;
}

const maxShown = 100;

/** Options that hold every word that was typed, in their order. */
export function matching(options: readonly Option[], typed: string): Option[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return options.filter(({ id, name, detail }) => {
    const text = `${name} ${detail} ${id}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

export function Combobox({
  label,
  placeholder,
  noMatch,
  options,
  value,
  onPick,
}: {
  label: string;
  placeholder: string;
  noMatch: string;
  options: readonly Option[];
  value: string | null;
  onPick: (id: string) => void;
}) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(false);
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const chosen = options.find((option) => option.id === value) ?? null;
  const shown = matching(options, typed).slice(0, maxShown);

  useEffect(() => {
    if (isOpen) list.current?.children[at]?.scrollIntoView({ block: 'nearest' });
  }, [isOpen, at]);

  const open = () => {
    if (isOpen) return;
    setTyped('');
    setAt(
      Math.max(
        0,
        options.findIndex((option) => option.id === value),
      ),
    );
    setOpen(true);
  };
  const close = () => {
    setOpen(false);
    setTyped('');
  };
  const pick = (option: Option | undefined) => {
    close();
    if (option !== undefined) onPick(option.id);
  };
  const move = (to: number) => setAt(Math.max(0, Math.min(shown.length - 1, to)));
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    const step = steps[event.key];
    if (step !== undefined) {
      event.preventDefault();
      if (isOpen) move(at + step);
      else open();
    } else if (event.key === 'Enter' && isOpen) {
      event.preventDefault();
      pick(shown[at]);
    } else if (event.key === 'Escape' && isOpen) {
      event.preventDefault();
      close();
    }
  };
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
          ref={input}
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
          onInput={(event) => {
            setTyped(event.currentTarget.value);
            setAt(0);
            setOpen(true);
          }}
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
            // The focus stays in the field, which has the keys; aria-activedescendant tells where one is.
            // biome-ignore lint/a11y/useFocusableInteractive: as above
            // biome-ignore lint/a11y/useKeyWithClickEvents: as above
            <div
              key={option.id}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === at}
              // The field would lose the focus before the click.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => pick(option)}
            >
              <span style={{ color: option.colour }}>
                <Icon path={option.icon} />
              </span>
              <span class="combobox-name">
                {option.name}
                <small>{option.detail}</small>
              </span>
            </div>
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
