/** How findings tell amounts and durations. They name no instants: whoever shows a finding shows its own, by the home's clock. */

import { valueFromMicro } from '../../units/amount.ts';
import { hourUs, minuteUs } from '../../units/durations.ts';
import type { EvidenceFigure, FigureName } from '../ticket.ts';

export function registerFigure(name: FigureName, micro: number, unit: 'kWh' | 'm³'): EvidenceFigure {
  return { name, value: valueFromMicro(micro), unit };
}

export function amountText(micro: number, unit: string): string {
  return `${Number(valueFromMicro(micro).toFixed(3))} ${unit}`;
}

export function durationText(us: number): string {
  const minutes = Math.round(us / minuteUs);
  if (minutes < 120) return `${minutes} minutes`;
  const hours = us / hourUs;
  return hours < 72 ? `${Number(hours.toFixed(1))} hours` : `${Number((hours / 24).toFixed(1))} days`;
}
