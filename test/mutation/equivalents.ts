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

const guard = 'the places are those of the list; TypeScript asks for more';
const oftener = 'it only says whether a look is worth it, and says so more often';
const empty = 'a span of no length is left out by its length right after';
const limit = 'no home comes near the limit; at it exactly one page more is read';
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
      'const longestUs = this.#longest === null ? 0 : this.#longest.endUs - this.#longest.startUs;',
      '0 → 1',
      'what was kept for a microsecond is never frozen',
    ],
    ['if (us > longestUs) {', '> → >=', 'of two that were kept as long none is ten times the other'],
  ]),
  ...of('src/integrity/detectors/gap.ts', [
    [
      'if (sinceUs !== null && endUs > sinceUs) gaps.push({ startUs: sinceUs, endUs, isOpen: true });',
      '> → >=',
      empty,
    ],
    [
      'while (index < readings.length && (readings[index]?.atUs ?? 0) < silenceEndUs) {',
      '< → <=',
      'past the last reading nothing is there, and one at the end leaves what follows empty',
    ],
    [
      'while (index < readings.length && (readings[index]?.atUs ?? 0) < silenceEndUs) {',
      '0 → 1',
      'the place is one of the list',
    ],
    [
      'if (reported === undefined || reported.atUs < knownUs || reported.value === null) continue;',
      '< → <=',
      empty,
    ],
    [
      'if (silenceEndUs > knownUs) gaps.push({ startUs: knownUs, endUs: silenceEndUs, isOpen: false });',
      '> → >=',
      empty,
    ],
    ['if (rowStartUs > knownUs) close(Math.min(rowStartUs, endUs));', '> → >=', empty],
    [
      'return gaps.filter((gap) => isLong(gap) && gap.startUs < endUs);',
      '< → <=',
      'no gap is closed past the end',
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
      'for (let at = startUs + quarterHourUs; nextUs <= startUs; at += quarterHourUs)',
      '+ → -',
      'what lies before the start begins no later hour',
    ],
    [
      'if (offsetUs !== offsetOf(startUs + dayUs, zone) || offsetUs % minuteUs !== 0)',
      '% → *',
      'Temporal gives what the shorter way gives, only later',
    ],
    [
      'if (offsetUs !== offsetOf(startUs + dayUs, zone) || offsetUs % minuteUs !== 0)',
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
  ...of('src/ledger/evidence/corrected-evidence.ts', [
    ['let isOpen = false;', 'false → true', 'nothing is open while there is no repeat to go on'],
  ]),
  ...of('src/ledger/entries/cause.ts', [
    [
      'return changeCauses.indexOf(one) >= changeCauses.indexOf(other) ? one : other;',
      '>= → >',
      'of two that are as strong they are the same',
    ],
  ]),
  ...of('src/ledger/counter/counter-state.ts', [
    [
      'return repeats !== null && repeats.lastUs > sinceUs ? repeats.lastUs : null;',
      '> → >=',
      'one at the very beginning of a silence is longer ago than any report is late, or the silence is short',
    ],
  ]),
  ...of('src/ledger/entries/entry.ts', [
    [
      'return qualities.indexOf(one) >= qualities.indexOf(other) ? one : other;',
      '>= → >',
      'of two that are as bad they are the same',
    ],
  ]),
  ...of('src/units/interval.ts', [
    [
      'if (other === undefined || other.startUs >= endUs) break;',
      '>= → >',
      'what begins where the interval ends takes nothing of it',
    ],
  ]),
  ...of('src/ledger/posting/verification.ts', [
    ['if (state === null || firstMicro === null) return;', '|| → &&', 'neither is known without the other'],
    [
      'for (let stepStartUs = quarterHourStartUs(startUs); stepStartUs < endUs; stepStartUs += powerStepUs) {',
      '< → <=',
      'no quarter begins in a time of no length',
    ],
  ]),
  ...of('src/ledger/power/power-posting.ts', [
    [
      'const excludedUs = powers.filter((reading) => reading.isExcluded === true).map(({ atUs }) => atUs);',
      '.filter() → ',
      'where a reading that stands comes first, the value is not carried past it',
    ],
    [
      'amountMicro: entry.amountMicro + roundedMwh(workByQuarterHour.get(entry.quarterHourStartUs) ?? 0n),',
      '0n → 1n',
      'it is rounded to nothing',
    ],
    [
      'const guessedUs = excludedUs.find((us) => us > atUs) ?? Number.POSITIVE_INFINITY;',
      '> → >=',
      'one reading an instant',
    ],
    ['const sign = workMwUs < 0n ? -1n : 1n;', '< → <=', 'nothing is rounded to nothing from either side'],
    ['const sign = workMwUs < 0n ? -1n : 1n;', '0n → 1n', 'nothing is rounded to nothing from either side'],
  ]),
  ...of('src/ledger/counter/counter.ts', [
    [
      'isFromFile: false,',
      'false → true',
      'a row that repeats the register is no reading, wherever it is from',
    ],
    ['lastResetAtUs > state.sinceUs &&', '> → >=', 'the delta begins at the same instant either way'],
    [
      '? afterSilence(state, lastResetAtUs, 0)',
      '0 → 1',
      'a millionth takes no longer than the interval of the fastest move',
    ],
  ]),
  ...of('src/ledger/statistics-import/import-run.ts', [
    [
      'for (let at = 0; at < entityIds.length; at += entitiesPerPiece) {',
      '< → <=',
      'a piece of no entities asks for nothing',
    ],
    [
      'for (const row of rows) if (row.endUs > (knownUs.get(row.entityId) ?? 0)) this.#count(row);',
      '0 → 1',
      always,
    ],
    ['let isNew = false;', 'false → true', 'what is remembered is written once more, as it is'],
    [
      'for (let at = 0; at < alone.length; at += postedAtOnce) groups.push(alone.slice(at, at + postedAtOnce));',
      '< → <=',
      'a group of none is left out',
    ],
  ]),
  ...of('src/ledger/entries/quarter-hour-sheet.ts', [
    [
      'return reasonRank.indexOf(one) >= reasonRank.indexOf(other) ? one : other;',
      '>= → >',
      'of one rank they are the same',
    ],
  ]),
  ...of('src/ledger/posting/reposting.ts', [
    [
      '(quarterHour) => quarterHour >= changedEndUs && quarterHour < pageEndUs,',
      '< → <=',
      'the quarter-hour in which the next page begins is checked there as well',
    ],
    ['if (firstUs === undefined || lastUs === undefined) return null;', '|| → &&', guard],
    [
      'startUs > 0 ? startUs : Math.min(...newUs, ...amounts.map((amount) => amount.startUs), nowUs);',
      '0 → 1',
      'no home has evidence of the year 1970',
    ],
  ]),
  ...of('src/ledger/posting/posting-worker.ts', [
    [
      'const switched = meters.filter(({ switchId }) => switchId !== undefined);',
      '.filter() → ',
      'no entity has an empty id',
    ],
  ]),
  ...of('src/ledger/corrections/correction-service.ts', [
    ['if (first === undefined || last === undefined)', '|| → &&', guard],
  ]),
  ...of('src/ledger/posting/running-ledger.ts', [
    [
      'if (this.#begun > this.#ended) await waitAtMost(steadyWithinMs, this.#moving);',
      '> → >=',
      'what has moved is not waited for',
    ],
  ]),
  ...of('src/ledger/counter/rhythm.ts', [
    ['return (reportsEachUs(rhythm) ?? 0) <= seldomUs;', '0 → 1', 'either is less than half a day'],
    ['return (intervals[2] ?? 0) * 1_000_000;', '0 → 1', always],
    [
      'if (repeatedAtUs <= sinceUs || eachUs === null || endUs - sinceUs <= silentAfterUs(eachUs)) return whole;',
      '<= → <',
      'without repeats it stood until its last move, which is the whole',
    ],
  ]),
  ...of('src/ledger/evidence/statistics-evidence.ts', [
    [
      'return next === undefined || next.atUs > row.atUs;',
      '> → >=',
      'of one instant the reading is taken all the same',
    ],
  ]),
  ...of('src/ledger/evidence/stored-evidence.ts', [
    [
      'isRowFirst && standing.exclusions.length > 0 ? await readings.before(entityId, backUs, true) : null;',
      '&& → ||',
      'only read in vain: where the first is a reading no row comes before it',
    ],
    [
      'isRowFirst && standing.exclusions.length > 0 ? await readings.before(entityId, backUs, true) : null;',
      '> → >=',
      'only read in vain: without exclusions nothing is repeated',
    ],
    ['microFromValue(reading.value ?? 0),', '0 → 1', always],
    ['if (page.horizonUs < cursorUs) {', '< → <=', 'it only reads more at once'],
    [
      'if (reportedUs === null || exchangedUs === null) return reportedUs ?? exchangedUs;',
      '|| → &&',
      'of an instant and null, which counts as 0, the instant is the later one',
    ],
  ]),
  ...of('src/integrity/detectors/own-pace.ts', [
    ['const usualUs = durations[durations.length >> 1] ?? 0;', '0 → 1', always],
    [
      'const next = points.slice(place + 1, place + followers);',
      '1 → 0',
      'a reading is not below itself, nor as near to the last as less than half of its own way',
    ],
    [
      '(other) => Math.abs(other.registerMicro - (last?.registerMicro ?? 0)) * 2 < Math.abs(amountMicro),',
      '0 → 1',
      always,
    ],
    [': amountMicro < 0 ||', '< → <=', 'nothing is passed over right after'],
    [': amountMicro < 0 ||', '0 → 1', 'amounts are whole, and nothing is passed over right after'],
    [
      'other.registerMicro < point.registerMicro && other.registerMicro >= (last?.registerMicro ?? 0),',
      '0 → 1',
      always,
    ],
  ]),
  ...of('src/integrity/detectors/register-fall.ts', [
    [': isUnexplained(rules, path, place, counted[place] ?? 0);', '0 → 1', always],
    [
      'if (before === undefined || after === undefined || !isFall(rules, before, after)) return false;',
      '|| → &&',
      guard,
    ],
    [
      '? Math.max(rules.highestUsualMicro ?? 0, pace.mostMicro(hourUs))',
      '0 → 1',
      'a pace is more than a millionth',
    ],
    [
      'return step.deltas.reduce((sum, { amountMicro }) => sum + amountMicro, 0);',
      '0 → 1',
      'what was counted backwards is far more than a millionth, for it fell by more than it may count',
    ],
    ['if (before === undefined || after === undefined) return false;', '|| → &&', guard],
    ['if (before === undefined || after === undefined) return false;', 'false → true', guard],
    [
      "kind === 'rising' && after.registerMicro >= 0 && after.registerMicro < before.registerMicro * 0.9;",
      '>= → >',
      'who begins at 0 is not asked about',
    ],
    [
      "kind === 'rising' && after.registerMicro >= 0 && after.registerMicro < before.registerMicro * 0.9;",
      '0 → 1',
      'who begins at 0 is not asked about',
    ],
  ]),
  ...of('src/integrity/detectors/spike.ts', [
    ['for (let at = 0; at + 1 < path.length; ) {', '+ → -', 'past the last reading nothing is away'],
    ['for (let at = 0; at + 1 < path.length; ) {', '1 → 0', 'past the last reading nothing is away'],
    ['for (let at = 0; at + 1 < path.length; ) {', '< → <=', 'past the last reading nothing is away'],
    [
      'for (let place = path.length - 2; place >= 0; place -= 1) {',
      '- → +',
      'past the last reading nothing falls',
    ],
    ['const [here, after] = [path[place], path[place + 1]];', '+ → -', oftener],
    [
      'const isFalling = here !== undefined && after !== undefined && after.registerMicro < here.registerMicro;',
      '&& → ||',
      oftener,
    ],
    [
      'const isFalling = here !== undefined && after !== undefined && after.registerMicro < here.registerMicro;',
      '< → <=',
      oftener,
    ],
    ['next[place] = isFalling ? place + 1 : (next[place + 1] ?? path.length);', '+ → -', oftener],
    ['next[place] = isFalling ? place + 1 : (next[place + 1] ?? path.length);', '1 → 0', oftener],
    ['if (before === undefined || away === undefined) return null;', '|| → &&', guard],
    [
      'const isOwn = known.steps > 0 && leftMicro <= known.mostMicro(away.atUs - before.atUs);',
      '0 → 1',
      'it only spares a look: the pace on both sides is asked right after',
    ],
    [
      'const isOwn = known.steps > 0 && leftMicro <= known.mostMicro(away.atUs - before.atUs);',
      '<= → <',
      'it only spares a look: the pace on both sides is asked right after',
    ],
    [
      'for (let place = at + 2; place < path.length && place - at <= spikeReadings + 1; place += 1) {',
      '< → <=',
      'past the last reading nothing has come back',
    ],
    [
      'if (after === undefined || last === undefined || last.atUs - away.atUs > longestUs) return null;',
      '|| → &&',
      guard,
    ],
    [
      'if (!isDown && away.registerMicro < before.registerMicro) return false;',
      '< → <=',
      'what has not left was passed over before',
    ],
    [
      'return isDown ? isThere || isFall(rules, last, after) : isThere && after.registerMicro < last.registerMicro;',
      '< → <=',
      'what stands has not come back faster than it counts',
    ],
    [
      'const isUp = away.registerMicro > before.registerMicro;',
      '> → >=',
      'what has not left was passed over before',
    ],
    [
      'if (!isFall(rules, before, away) || !isFall(rules, last, after)) return false;',
      '|| → &&',
      'what may be back fell at first, and below half of that it has fallen again',
    ],
    ['if (begin === undefined || end === undefined) return [];', '|| → &&', guard],
    [
      'Math.abs(point.registerMicro - before.registerMicro) >',
      '> → >=',
      'of two as far away either is the farthest; a rising register is not as far on both sides',
    ],
  ]),
  ...of('src/integrity/reconciliation/entity-check.ts', [
    [
      'const isHeld = (starts.at(-1) ?? 0) > endUs - hourUs;',
      '0 → 1',
      'no range ends in the first hour of 1970',
    ],
    [
      'hour.heldUs === hourUs && hour.mean !== null ? hour.mean * power.sign : null,',
      '* → /',
      'the sign is 1 or -1',
    ],
    [
      'const countedMicro = isKnown ? quarterHours.reduce((sum, entry) => sum + entry.amountMicro, 0) : null;',
      '+ → -',
      'it is only asked whether it is 0',
    ],
  ]),
  ...of('src/integrity/reconciliation/gap-check.ts', [
    ['let wasAbsent = false;', 'false → true', 'a value before any absence ends none'],
  ]),
  ...of('src/integrity/reconciliation/hour-check.ts', [
    ['const dayStartUs = stretches[at]?.startUs ?? 0;', '0 → 1', always],
  ]),
  ...of('src/integrity/reconciliation/reading-check.ts', [
    ['if (points.length > dayReadings) break;', '> → >=', limit],
    ['if (path.length > dayReadings) break;', '> → >=', limit],
  ]),
  ...of('src/integrity/reconciliation/reconciliation-marks.ts', [
    ['#sinceUs = 0;', '0 → 1', 'it is loaded before it is asked'],
    [
      'readonly #givenUpUs: Record<Kind, number> = { hourly: 0, nightly: 0 };',
      '0 → 1',
      'every instant that it is compared with lies later',
    ],
  ]),
  ...of('src/integrity/tickets/recording-findings.ts', [
    [
      "const code = driftUs > 0 ? 'clock_ahead' : 'clock_behind';",
      '> → >=',
      'what is reported as a drift is seconds long',
    ],
    [
      "const code = driftUs > 0 ? 'clock_ahead' : 'clock_behind';",
      '0 → 1',
      'what is reported as a drift is seconds long',
    ],
  ]),
  ...of('src/integrity/tickets/recording-tickets.ts', [
    ['#sinceMs = 0;', '0 → 1', 'it is set when the first begins to wait'],
  ]),
  ...of('src/integrity/reconciliation/statistics-refresh.ts', [
    ['if (first === undefined || last === undefined) return null;', '|| → &&', guard],
    ['if (begin === undefined || end === undefined) return null;', '|| → &&', guard],
  ]),
  ...of('src/integrity/tickets/tickets.ts', [
    [
      'ticket.startUs < finding.startUs &&',
      '< → <=',
      'what begins at the same instant has the same id, by which it was found before',
    ],
  ]),
  ...of('src/recording/stream/reading-parser.ts', [
    [
      'const known = sourceUnit === null ? null : toCanonical(0, sourceUnit);',
      '0 → 1',
      'only the unit of it is taken',
    ],
  ]),
  ...of('src/balance/balance.ts', [
    [
      'const batteryToHome = Math.min(home - solarToHome, fromBattery);',
      '- → +',
      'a home that uses anything uses all that is left; one that uses nothing has no sun, either',
    ],
    ['fromGrid -= restToBattery;', '-= → +=', 'what the home takes is what is left, but for rounding'],
    [
      'const gridToHome = Math.min(home - solarToHome - batteryToHome, fromGrid);',
      '- → +',
      'what the home takes is what is left, but for rounding',
    ],
  ]),
  ...of('src/statistics/bucket.ts', [
    [
      'return byStart.get(edgeUs) ?? emptyBucket(entityId, edgeUs, edges[index + 1] ?? edgeUs + quarterHourUs);',
      '+ → -',
      always,
    ],
  ]),
  ...of('src/statistics/coverage.ts', [
    ['if (passedUs <= 0) return [];', '<= → <', 'of a bucket that is listed some time has passed'],
  ]),
  ...of('src/statistics/day-count.ts', [
    ['else if (endUs > count.sinceUs)', '> → >=', 'of what ends there no part lies after it'],
    ['countedMicro += splitByTime(amountMicro, startUs, endUs, [count.sinceUs])[1] ?? 0;', '0 → 1', always],
  ]),
  ...of('src/balance/flow-keeper.ts', [
    [
      '#isEverythingNew = false;',
      'false → true',
      'it is asked only when there are sources, and the first sources make everything new',
    ],
    [
      'for (let stepStartUs = startUs; stepStartUs < endUs; stepStartUs += stepUs) {',
      '< → <=',
      'a step of no length has no entries, and posts none',
    ],
  ]),
  ...of('src/units/interval.ts', [
    [
      'for (let index = firstEndingAfter(others, startUs); index < others.length; index += 1) {',
      '< → <=',
      'past the list the loop ends by itself',
    ],
    ['if ((list[middle]?.endUs ?? 0) <= atUs) low = middle + 1;', '0 → 1', always],
    [
      'if ((list[middle]?.endUs ?? 0) <= atUs) low = middle + 1;',
      '<= → <',
      'one that ends where the interval begins takes nothing of it',
    ],
  ]),
  ...of('src/statistics/home-balance.ts', [
    ['const coveredUs = groups[flows.indexOf(flowIds.homeMwh)]?.coveredUs ?? 0;', '0 → 1', always],
  ]),
  ...of('src/statistics/trend.ts', [
    [
      "const direction = Math.abs(exact) <= stableWithinPercent ? 'stable' : exact > 0 ? 'up' : 'down';",
      '> → >=',
      'what is about 0 is stable',
    ],
    [
      "const direction = Math.abs(exact) <= stableWithinPercent ? 'stable' : exact > 0 ? 'up' : 'down';",
      '0 → 1',
      'what is about 0 is stable',
    ],
  ]),
];
