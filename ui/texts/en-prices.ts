/** Texts of the Prices page. */
export const pricesEn = {
  prices: {
    sentence: {
      now: (price: string, since: string) => `A kilowatt-hour from the grid costs ${price}, since ${since}.`,
      none: 'No price is known for now: what energy costs is not known either.',
    },
    title: 'Prices',
    home: 'Whole home',
    from: (from: string) => `from ${from}`,
    span: (from: string, until: string) => `${from} until ${until}`,
    inForce: 'in force',
    toCome: 'to come',
    past: 'past',
    perKwh: (price: string) => `${price} per kWh`,
    empty: 'No price yet',
    emptyWhat:
      'With a price, every page shows what energy cost. Without one a cost is not known; it is never 0.',
    remove: 'Delete',
    removeOf: (price: string, from: string) => `Delete the price ${price} from ${from}`,
    note: 'Notes',
    noteOf: (price: string, from: string) => `Notes on the price ${price} from ${from}`,
    save: 'Save',
    saveNote: 'Save the notes',
    cancel: 'Cancel',
    undo: 'Undo',
    working: 'Working…',
    added: (price: string) => `Saved: ${price} per kWh.`,
    removed: (price: string) => `Deleted: ${price} per kWh.`,
    noted: 'The notes are saved.',
    form: {
      title: 'Add a price',
      area: 'Holds for',
      price: (currency: string) => `Price of a kilowatt-hour, in ${currency}`,
      from: 'From',
      fromHint: 'From the beginning of that day, until the next price of the same area',
      notes: 'Notes (optional)',
      preview: 'See what changes',
      wrongPrice: 'The price is a number between −100 and 100, for example 0.2875.',
      wrongDate: 'The day is not one that can be used.',
    },
    change: {
      addTitle: (price: string) => `Save ${price} per kWh?`,
      removeTitle: (price: string) => `Delete ${price} per kWh?`,
      nothing: 'No cost of the past changes.',
      days: (days: string, isOne: boolean) =>
        isOne ? 'The cost of one past day changes' : `The cost of ${days} past days changes`,
      sums: (energy: string, before: string, after: string) =>
        `: the ${energy} since then cost ${before} so far, and ${after} afterwards.`,
      unpriced: (energy: string) => ` ${energy} of it will have no price, so its cost will not be known.`,
      unknown: 'an unknown sum',
    },
  },
} as const;
