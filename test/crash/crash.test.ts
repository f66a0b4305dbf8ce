/** Twenty cycles on every run, and four for the test itself; `npm run crash -- --cycles 2000` for as many as one likes. */
import { describe, expect, it } from 'vitest';
import { crash } from './crash.ts';

const SEED = Number(process.env['CRASH_SEED'] ?? 20_261_121);
const TIMEOUT_MS = 240_000;

describe(`a server that dies under load (CRASH_SEED=${SEED})`, () => {
  it('loses and tears nothing that it has acknowledged, wherever it is killed', { timeout: TIMEOUT_MS }, async () => {
    const report = await crash({ cycles: 14, cyclesPerLife: 7, jobs: 2, seed: SEED });
    expect(report).toMatchObject({ lost: [], torn: [], faults: [] });
    expect(report.acknowledged).toBeGreaterThan(20);
    expect(report.replays).toBeGreaterThan(40);
    expect(report.webhooks).toBeGreaterThan(100);
  });

  // At once: most of the time they wait for what is to be sent again.
  it.concurrent.each([
    ['SQLITE_IOERR_FSYNC', 'after_commit'],
    ['SQLITE_IOERR_FSYNC', 'before_commit'],
    ['SQLITE_FULL', 'before_commit'],
  ] as const)(
    'stops at once on %s (%s), with a code of its own, and has answered nothing it cannot keep',
    { timeout: TIMEOUT_MS },
    async (code, when) => {
      const report = await crash({
        cycles: 2,
        cyclesPerLife: 2,
        jobs: 1,
        seed: SEED,
        fault: (dice) => ({ kind: 'disk', code, when, nth: dice.between(2, 25) }),
      });
      expect(report).toMatchObject({ lost: [], torn: [], faults: [], deaths: { [code]: 2 } });
    },
  );
});

describe('the test itself', () => {
  it('notices a server that acknowledges what it has not committed', { timeout: TIMEOUT_MS }, async () => {
    const report = await crash({ cycles: 4, cyclesPerLife: 1, jobs: 4, seed: SEED, keepData: false, fault: () => ({ kind: 'lie', nth: 6 }) });
    expect(report.lost.length).toBeGreaterThan(0);
  });
});
