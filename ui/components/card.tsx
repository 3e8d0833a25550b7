import type { ComponentChildren } from 'preact';

interface CardProps {
  /** Base of the id of the title; unique on the page. */
  readonly id: string;
  readonly title: ComponentChildren;
  /** Buttons and notes beside the title. */
  readonly tools?: ComponentChildren;
  readonly class?: string;
  readonly children: ComponentChildren;
  /** What the card shows, for tests. */
  readonly [mark: `data-${string}`]: string | number | boolean;
}

/** A section with a title. */
export function Card({ id, title, tools, class: also, children, ...marks }: CardProps) {
  return (
    <section class={also === undefined ? 'card' : `card ${also}`} aria-labelledby={`${id}-title`} {...marks}>
      <header>
        <h2 id={`${id}-title`}>{title}</h2>
        {tools}
      </header>
      {children}
    </section>
  );
}
