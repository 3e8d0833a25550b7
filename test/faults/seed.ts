/** FAULTS_SEED replays; otherwise a new one each time, which is printed. */
export function chosenSeed(name: string): number {
  const seed = Number(process.env.FAULTS_SEED ?? Date.now() % 1_000_000_000);
  process.stdout.write(`${name}: FAULTS_SEED=${seed}\n`);
  return seed;
}
