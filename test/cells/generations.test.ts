/** How many cells there are, and who is at home where. */
import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { cellOfMark, homesOf, readGenerations, type Generations } from '../../src/runtime/cells/generations.ts';

it('reads rising numbers and nothing else', () => {
  expect(readGenerations('4')).toEqual([4]);
  expect(readGenerations('4, 16')).toEqual([4, 16]);
  for (const wrong of ['', '0', '16,4', '4,4', '4,', '4.5', '-1', '5000', '4;16', 'four']) expect(readGenerations(wrong), wrong).toBeNull();
});

it('spreads evenly, and more cells take from every one only what is theirs', () => {
  const marks = Array.from({ length: 20_000 }, () => randomBytes(16).toString('base64url'));
  const counts = Array.from({ length: 16 }, () => 0);
  let stayed = 0;
  for (const mark of marks) {
    counts[cellOfMark(mark, 16)]! += 1;
    if (cellOfMark(mark, 16) < 4) {
      stayed += 1;
      // Who stays, stays where they were.
      expect(cellOfMark(mark, 16)).toBe(cellOfMark(mark, 4));
    }
  }
  // Five standard deviations of 20,000 thrown at a sixteenth.
  for (const count of counts) expect(Math.abs(count - 1_250)).toBeLessThan(172);
  expect(Math.abs(stayed - 5_000)).toBeLessThan(310);
});

it('knows the same cells for ever: a number that changed would lose people', () => {
  const mark = 'AAECAwQFBgcICQoLDA0ODw';
  expect([1, 2, 4, 16, 256, 4_096].map((count) => cellOfMark(mark, count))).toEqual([0, 1, 2, 7, 165, 1628]);
});

it('asks the homes of older generations before the newest', () => {
  const generations: Generations = [2, 4, 16];
  for (let n = 0; n < 200; n += 1) {
    const mark = randomBytes(16).toString('base64url');
    const homes = homesOf(mark, generations);
    expect(homes.at(-1)).toBe(cellOfMark(mark, 16));
    expect(new Set(homes)).toEqual(new Set(generations.map((count) => cellOfMark(mark, count))));
    expect(new Set(homes).size).toBe(homes.length);
  }
});
