/** A mutant that no test can kill, because the program with it does the same. */
export interface Equivalent {
  readonly file: string;
  /** The source's line, trimmed. */
  readonly code: string;
  /** As the run prints it; every change of the line when left out. */
  readonly change?: string;
  readonly why: string;
}

/** Of one file: the line, the change, and why it is none. */
const of = (file: string, list: readonly (readonly [code: string, change: string, why: string])[]) =>
  list.map(([code, change, why]): Equivalent => ({ file, code, change, why }));

const empty = 'a span of no length is left out by its length right after';
const always = 'the value is always there; TypeScript asks for another';
const cache = 'a cache that is smaller or larger by one, or is asked more often, gives the same answers';

export const equivalents: readonly Equivalent[] = [
  ...of('src/integrity/detectors/frozen-counter.ts', [
    [
      'const flowed = run.reduce((sum, hour) => sum + (hour.meanW ?? 0), 0);',
      '0 → 1',
      'a run holds only hours whose mean is known',
    ],
    [
      'if (isStill && hour.startUs === (run.at(-1)?.startUs ?? hour.startUs - hourUs) + hourUs) run.push(hour);',
      '- → +',
      'an empty run is closed without a finding and begun with the hour all the same',
    ],
  ]),
  ...of('src/integrity/detectors/frozen-power.ts', [
    ['#secondUs = 0;', '0 → 1', 'ten times a microsecond is below the six hours that are asked for'],
    [
      'const longestUs = this.#longest === null ? 0 : this.#longest.untilUs - this.#longest.fromUs;',
      '0 → 1',
      'what was kept for a microsecond is never frozen',
    ],
    ['if (us > longestUs) {', '> → >=', 'of two that were kept as long none is ten times the other'],
  ]),
  ...of('src/integrity/detectors/gap.ts', [
    [
      'if (sinceUs !== null && untilUs > sinceUs) gaps.push({ fromUs: sinceUs, untilUs, isOpen: true });',
      '> → >=',
      empty,
    ],
    [
      'while (place < readings.length && (readings[place]?.atUs ?? 0) < endUs) {',
      '< → <=',
      'past the last reading nothing is there, and one at the end leaves what follows empty',
    ],
    [
      'while (place < readings.length && (readings[place]?.atUs ?? 0) < endUs) {',
      '0 → 1',
      'the place is one of the list',
    ],
    ['if (told === undefined || told.atUs < knownUs || told.value === null) continue;', '< → <=', empty],
    ['if (endUs > knownUs) gaps.push({ fromUs: knownUs, untilUs: endUs, isOpen: false });', '> → >=', empty],
    ['if (startUs > knownUs) close(Math.min(startUs, untilUs));', '> → >=', empty],
    [
      'return gaps.filter((gap) => isLong(gap) && gap.fromUs < untilUs);',
      '< → <=',
      'no gap is closed past the end',
    ],
    ['return fromUs < untilUs ? [{ fromUs, untilUs, isOpen: a.isOpen && b.isOpen }] : [];', '< → <=', empty],
    [
      'if (outage.untilUs <= part.fromUs || outage.fromUs >= part.untilUs) return [part];',
      '<= → <',
      'what touches an outage of the home is joined with its own part of it before',
    ],
    [
      'if (outage.untilUs <= part.fromUs || outage.fromUs >= part.untilUs) return [part];',
      '>= → >',
      'what touches an outage of the home is joined with its own part of it before',
    ],
  ]),
  ...of('src/units/calendar.ts', [
    [
      'Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);',
      '0 → 1',
      'any instant says whether the zone is one',
    ],
    ['if (this.#answers.size >= 16) this.#answers.clear();', '>= → >', cache],
    ['if (answers.size >= this.#limit) answers.clear();', '>= → >', cache],
    [
      'for (let at = startUs + quarterUs; nextUs <= startUs; at += quarterUs)',
      '+ → -',
      'what lies before the start begins no later hour',
    ],
    ['const dayUs = 24 * hourUs;', '* → /', cache],
    [
      'if (offsetUs !== offsetOf(startUs + dayUs, zone) || offsetUs % 60_000_000 !== 0)',
      '% → *',
      'Temporal gives what the shorter way gives, only later',
    ],
    [
      'if (offsetUs !== offsetOf(startUs + dayUs, zone) || offsetUs % 60_000_000 !== 0)',
      '0 → 1',
      'Temporal gives what the shorter way gives, only later',
    ],
  ]),
  ...of('src/tariffs/cost-versions.ts', [
    [
      'const half = this.#costExact < 0n ? -500_000n : 500_000n;',
      '< → <=',
      'nothing is rounded to nothing from either side',
    ],
    [
      'const half = this.#costExact < 0n ? -500_000n : 500_000n;',
      '0n → 1n',
      'nothing is rounded to nothing from either side',
    ],
  ]),
  ...of('src/tariffs/meter-peak.ts', [
    [
      "return isNew && meterW < atLeastW ? 'running' : 'unexplained';",
      '< → <=',
      'a figure at the bound lies within it',
    ],
  ]),
  ...of('src/tariffs/peak-windows.ts', [
    [
      'return { startUs, endUs, energyMwh, atLeastMwh: energyMwh ?? 0, atMostMwh: energyMwh, isKnown };',
      '0 → 1',
      always,
    ],
  ]),
  ...of('src/tariffs/peaks.ts', [
    [
      'atMostW: isBounded ? meanOf(months.map((month) => raised(month, month.atMostW ?? 0))) : null,',
      '0 → 1',
      always,
    ],
  ]),
  ...of('src/tariffs/repricing.ts', [
    ['sum.energyMwh += piece.amountMicro ?? 0;', '0 → 1', always],
    ['.reduce((sum, part) => sum + Math.abs(part.amountMicro ?? 0), 0);', '0 → 1', always],
  ]),
  ...of('src/tariffs/rolling-months.ts', [
    [
      '(best, day) => ((day.highestMicro ?? 0) > (best?.highestMicro ?? Number.NEGATIVE_INFINITY) ? day : best),',
      '0 → 1',
      always,
    ],
  ]),
  ...of('src/ledger/corrected-evidence.ts', [
    ['let isOpen = false;', 'false → true', 'nothing is open while there is no repeat to go on'],
  ]),
  ...of('src/ledger/counter.ts', [
    ['lastResetAtUs > state.sinceUs &&', '> → >=', 'the delta begins at the same instant either way'],
    [
      '? afterSilence(state, lastResetAtUs, 0)',
      '0 → 1',
      'a millionth takes no longer than the interval of the fastest move',
    ],
    [
      'lastResetAtUs !== null &&',
      '&& → ||',
      'a reset that was told once goes on; one that never was lies after nothing',
    ],
  ]),
  ...of('src/ledger/quarter-sheet.ts', [
    [
      '.sort((a, b) => a.quarterStartUs - b.quarterStartUs || (a.kind < b.kind ? -1 : 1));',
      '< → <=',
      'one entry of a kind in a quarter',
    ],
    [
      '.sort((a, b) => a.quarterStartUs - b.quarterStartUs || (a.kind < b.kind ? -1 : 1));',
      '1 → 0',
      'the sort is stable, and the other order says −1',
    ],
    [
      'return reasonRank.indexOf(one) >= reasonRank.indexOf(other) ? one : other;',
      '>= → >',
      'of one rank they are the same',
    ],
  ]),
  ...of('src/ledger/rhythm.ts', [
    ['return (intervals[2] ?? 0) * 1_000_000;', '0 → 1', always],
    [
      'if (repeatedAtUs <= sinceUs || eachUs === null || toUs - sinceUs <= silentAfterUs(eachUs)) return whole;',
      '<= → <',
      'without repeats it stood until its last move, which is the whole',
    ],
  ]),
  ...of('src/ledger/statistics-evidence.ts', [
    [
      'return next === undefined || next.atUs > row.atUs;',
      '> → >=',
      'of one instant the reading is taken all the same',
    ],
    [
      'if (before.sum === null || row.sum === null || before.state === null || row.state === null) return null;',
      '|| → &&',
      'a row without a state makes no evidence, so that the last of them is never so',
    ],
  ]),
  ...of('src/ledger/stored-evidence.ts', [
    [
      'isRowFirst && standing.exclusions.length > 0 ? await readings.before(entityId, lookUs, true) : null;',
      '&& → ||',
      'only read in vain: where the first is a reading no row comes before it',
    ],
    [
      'isRowFirst && standing.exclusions.length > 0 ? await readings.before(entityId, lookUs, true) : null;',
      '> → >=',
      'only read in vain: without exclusions nothing is repeated',
    ],
    ['microFromValue(reading.value ?? 0),', '0 → 1', always],
  ]),
];
