import { valueFromMicro } from '../../units/amount.ts';
import type { AmountUnit } from '../statement.ts';
import type { EvidenceFigure, FigureName } from '../ticket.ts';

/** @param micro millionths of the unit */
export function registerFigure(name: FigureName, micro: number, unit: AmountUnit): EvidenceFigure {
  return { name, value: valueFromMicro(micro), unit };
}
