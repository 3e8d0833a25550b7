import { Icon } from './icon.tsx';

interface IconButtonProps {
  /** What screen readers read. */
  readonly label: string;
  /** The tooltip, if it is shorter than the label. */
  readonly title?: string;
  readonly icon: string;
  readonly disabled?: boolean;
  /** Whether what the button opens is open; leave out for a button that opens nothing. */
  readonly isExpanded?: boolean;
  readonly onClick: () => void;
}

/** A square button with only an icon. */
export function IconButton({ label, title = label, icon, disabled, isExpanded, onClick }: IconButtonProps) {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      title={title}
      disabled={disabled}
      aria-expanded={isExpanded}
      onClick={onClick}
    >
      <Icon path={icon} />
    </button>
  );
}
