/** The edge's judgement of photos, held against the Node host's, which `start-photos.ts` brings. */
import { describe, expect, inject, it } from 'vitest';
import { isReasonCode } from '../../src/domain/reasons.ts';
import { readHeader } from '../../src/runtime/cloudflare/image-header.ts';
import { edgeImages, EDGE_MAX_PIXELS } from '../../src/runtime/cloudflare/images.ts';
import { photonMemoryBytes, withPhoton } from '../../src/runtime/cloudflare/photon.ts';
import type { JudgedPhoto } from './start-photos.ts';

const images = edgeImages();
const photos = (await (await fetch(inject('photos'))).json()) as readonly JudgedPhoto[];
const alike = photos.filter(({ name }) => name !== 'larger than the edge takes');
const bytesOf = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, 'base64'));
const named = (name: string): Uint8Array => bytesOf(photos.find((photo) => photo.name === name)!.base64);

describe('a photo of the table', () => {
  it.each(alike)('$name is judged as on Node', async ({ name, base64, problems, widthPx, heightPx, sharpness, kept }) => {
    const report = await images.inspect(bytesOf(base64));
    expect(report).toMatchObject({ ok: problems.length === 0, problems, widthPx, heightPx });
    // Two scalers and two JPEG decoders leave an edge within 2% of each other; CMYK, which two rules turn to RGB, within 14%.
    const [share, levels] = name === 'CMYK JPEG' ? [0.15, 8] : [0.03, 2];
    expect(Math.abs(report.sharpness - sharpness)).toBeLessThanOrEqual(share * sharpness + 1);
    expect(report.jpeg === null).toBe(kept === null);
    if (kept === null) return;
    expect(readHeader(report.jpeg!)).toEqual(readHeader(bytesOf(kept)));
    expect(difference(report.jpeg!, bytesOf(kept))).toBeLessThan(levels);
    expect(Buffer.from(report.jpeg!).includes('Exif')).toBe(false);
  });

  it('there are some of every kind', () => {
    expect(new Set(alike.flatMap(({ problems }) => problems)).size).toBe(8);
  });
});

describe('a hostile file', () => {
  it('with bytes overwritten at random never throws, says known codes alone, and leaves a decoder that judges as before', async () => {
    const sources = ['of the least size', 'PNG of the least size', 'WebP of the least size'].map(named);
    let state = 20_261_122;
    const next = (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 4_294_967_296) * below);
    };
    const seen = new Set<string>();
    for (let round = 0; round < 80; round += 1) {
      const bytes = sources[round % sources.length]!.slice();
      for (let hit = 0; hit < 1 + next(20); hit += 1) bytes[next(round % 2 === 0 ? 64 : bytes.length)] = next(256);
      const report = await images.inspect(bytes);
      expect(report.problems.every(isReasonCode), `round ${round}`).toBe(true);
      expect(report.ok && report.jpeg === null, `round ${round}`).toBe(false);
      for (const problem of report.problems) seen.add(problem);
    }
    expect(seen).toContain('not_an_image');
    expect((await images.inspect(named('JPEG'))).problems).toEqual([]);
  });

  it('that traps the decoder costs the instance and nothing else', async () => {
    await images.inspect(named('JPEG'));
    expect(photonMemoryBytes()).toBeGreaterThan(0);
    expect(() => withPhoton((photon) => photon.decode(named('png cut off at 0.6')))).toThrow(WebAssembly.RuntimeError);
    expect(photonMemoryBytes()).toBe(0);
    expect((await images.inspect(named('JPEG'))).problems).toEqual([]);
  });

  it('whose second frame header claims more than its first is not decoded', async () => {
    const jpeg = named('JPEG');
    const at = jpeg.findIndex((byte, index) => byte === 0xff && jpeg[index + 1] === 0xc0);
    const frame = jpeg.slice(at, at + 2 + 256 * jpeg[at + 2]! + jpeg[at + 3]!);
    frame.set([0x75, 0x30, 0x75, 0x30], 5);
    const two = Uint8Array.from([...jpeg.subarray(0, at + frame.length), ...frame, ...jpeg.subarray(at + frame.length)]);
    expect(await images.inspect(two)).toMatchObject({ problems: ['not_an_image'], widthPx: 0, jpeg: null });
  });
});

describe('the memory of an isolate', () => {
  it('holds a photo of the most pixels, in the costliest format, many times over', async () => {
    const bytes = named('as large as the edge takes');
    for (let round = 0; round < 3; round += 1) expect(await images.inspect(bytes)).toMatchObject({ widthPx: 2_000, heightPx: 2_000 });
    expect(photonMemoryBytes()).toBeLessThan(90_000_000);
  });

  it('is not risked for more: that is too large here, whatever Node takes', async () => {
    expect(2_001 * 2_000).toBeGreaterThan(EDGE_MAX_PIXELS);
    expect(await images.inspect(named('larger than the edge takes'))).toMatchObject({ problems: ['too_large'], widthPx: 2_001, heightPx: 2_000 });
  });
});

/** Mean difference of a channel, 0 to 255. */
function difference(left: Uint8Array, right: Uint8Array): number {
  return withPhoton((photon) => {
    const [one, other] = [left, right].map((bytes) => photon.read(photon.decode(bytes)).pixels);
    return one!.reduce((sum, value, at) => sum + Math.abs(value - other![at]!), 0) / one!.length;
  });
}
