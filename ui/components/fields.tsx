/** Labelled fields of forms and filters. */
import type { ComponentChildren, Ref } from 'preact';

interface TextFieldProps {
  readonly label: ComponentChildren;
  readonly value: string;
  readonly onText: (text: string) => void;
  readonly inputRef?: Ref<HTMLInputElement>;
  /** Another class of the label. */
  readonly also?: string;
  readonly name?: string;
  readonly inputMode?: 'decimal';
  readonly autocomplete?: 'off';
  readonly placeholder?: string;
  readonly maxLength?: number;
  readonly required?: boolean;
  readonly disabled?: boolean;
  /** Names the field for tests. */
  readonly 'data-field'?: string;
}

export function TextField({ label, value, onText, inputRef, also = '', ...rest }: TextFieldProps) {
  return (
    <label class={`field ${also}`.trim()}>
      <span>{label}</span>
      <input
        {...rest}
        ref={inputRef ?? null}
        class="input"
        value={value}
        onInput={(event) => onText(event.currentTarget.value)}
      />
    </label>
  );
}

interface SelectFieldProps {
  readonly label: string;
  readonly value: string;
  /** Text of the first option, whose value is ''. */
  readonly none: string;
  readonly options: readonly (readonly [value: string, text: string])[];
  readonly onPick: (value: string) => void;
  readonly name?: string;
  readonly disabled?: boolean;
}

export function SelectField({ label, value, none, options, onPick, name, disabled }: SelectFieldProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <select
        class="input"
        name={name}
        value={value}
        disabled={disabled}
        onChange={(event) => onPick(event.currentTarget.value)}
      >
        <option value="">{none}</option>
        {options.map(([id, text]) => (
          <option key={id} value={id}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Handles the submission of a form without leaving the page. */
export function onSubmit(submit: () => void) {
  return (event: Event) => {
    event.preventDefault();
    submit();
  };
}
