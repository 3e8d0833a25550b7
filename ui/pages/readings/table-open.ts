import { signal } from '@preact/signals';

/** Stays open while one goes from period to period. */
export const tableOpen = signal(false);
