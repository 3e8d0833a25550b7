/** Corrections in a list, and a source without evidence, for tests. */
import type { Correction, CorrectionStore } from '../evidence/correction.ts';
import type { EvidenceSource } from '../evidence/evidence-source.ts';

export class MemoryCorrections implements CorrectionStore {
  declared: Correction[] = [];
  isDown = false;

  async of(entityId: string): Promise<Correction[]> {
    if (this.isDown) throw new Error('The store is away');
    return this.declared.filter((correction) => correction.entityId === entityId);
  }
  async find(correctionId: string): Promise<Correction | null> {
    if (this.isDown) throw new Error('The store is away');
    return this.declared.find((correction) => correction.correctionId === correctionId) ?? null;
  }
  async add(correction: Correction): Promise<void> {
    if (this.isDown) throw new Error('The store is away');
    await this.remove(correction.correctionId);
    this.declared.push(correction);
  }
  async remove(correctionId: string): Promise<boolean> {
    if (this.isDown) throw new Error('The store is away');
    const before = this.declared.length;
    this.declared = this.declared.filter((correction) => correction.correctionId !== correctionId);
    return this.declared.length < before;
  }
}

export const noEvidence: EvidenceSource = {
  registers: async () => ({ items: [], isLast: true }),
  registerBefore: async () => null,
  powers: async () => [],
  amounts: async () => [],
  switches: async () => [],
  around: async () => ({ beforeUs: null, afterUs: null }),
};
