/** What the mutation run changes: the folders and files whose figures the ledger's promises rest on. */
export const core: string[] = [
  'src/units/**/*.ts',
  'src/ledger/**/*.ts',
  'src/views/**/*.ts',
  'src/tariffs/**/*.ts',
  'src/integrity/**/*.ts',
  'src/recording/stream/reading-parser.ts',
];
