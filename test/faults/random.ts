/** Mulberry32: numbers from 0 to 1 that are the same everywhere for the same seed. */
export function random(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** FAULTS_SEED replays; otherwise a new one each time, which is printed. */
export function chosenSeed(name: string): number {
  const seed = Number(process.env.FAULTS_SEED ?? Date.now() % 1_000_000_000);
  process.stdout.write(`${name}: FAULTS_SEED=${seed}\n`);
  return seed;
}
