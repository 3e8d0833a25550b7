/** A Material icon by its path. Without `label` it is decoration, hidden from screen readers. */
export function Icon({ path, label, class: name }: { path: string; label?: string; class?: string }) {
  const look = { class: `icon ${name ?? ''}`, viewBox: '0 0 24 24', width: '24', height: '24' };
  if (label === undefined)
    return (
      <svg {...look} aria-hidden="true">
        <path d={path} fill="currentColor" />
      </svg>
    );
  return (
    <svg {...look} role="img" aria-label={label}>
      <path d={path} fill="currentColor" />
    </svg>
  );
}
