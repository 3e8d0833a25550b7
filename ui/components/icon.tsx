/** One path of the Material set, imported where it is used. Without `label` it is only an ornament. */
export function Icon({ path, label, class: name }: { path: string; label?: string; class?: string }) {
  return (
    <svg
      class={`icon ${name ?? ''}`}
      viewBox="0 0 24 24"
      width="24"
      height="24"
      {...(label === undefined ? { 'aria-hidden': 'true' } : { role: 'img', 'aria-label': label })}
    >
      <path d={path} fill="currentColor" />
    </svg>
  );
}
