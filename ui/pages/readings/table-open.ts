import { signal } from '@preact/signals';

/** Whether the table is open; kept from period to period. */
export const tableOpen = signal(false);
