/**
 * Goal: text and marks are readable in the colours of any theme.
 * Method: any colour on any background reaches the ratio; a colour that already does is not changed.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { black, type Colour, contrast, readable, white } from './contrast.ts';

const channel = fc.integer({ min: 0, max: 255 });
const anyColour: fc.Arbitrary<Colour> = fc.record({ red: channel, green: channel, blue: channel });

describe('contrast', () => {
  it('equals the examples of WCAG', () => {
    expect(contrast(black, white)).toBeCloseTo(21, 5);
    expect(contrast({ red: 119, green: 119, blue: 119 }, white)).toBeCloseTo(4.48, 2);
  });

  it('reaches AA for every pair', () => {
    fc.assert(
      fc.property(anyColour, anyColour, (colour, background) => {
        expect(contrast(readable(colour, background, 4.5), background)).toBeGreaterThanOrEqual(4.5);
      }),
    );
  });

  it('keeps a readable colour', () => {
    fc.assert(
      fc.property(anyColour, anyColour, (colour, background) => {
        fc.pre(contrast(colour, background) >= 4.5);
        expect(readable(colour, background, 4.5)).toEqual(colour);
      }),
    );
  });
});
