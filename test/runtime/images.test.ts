import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { renderSampleCard } from '../../fixtures/id-photos/render.ts';
import { isReasonCode } from '../../src/domain/reasons.ts';
import { nodeImages, PHOTO_LIMITS } from '../../src/runtime/node/images.ts';

const images = nodeImages();
const KINDS = ['id_front', 'id_back'] as const;
let card: Uint8Array;
beforeAll(async () => {
  card = await renderSampleCard('id_front', 7);
});

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** A PNG of a few bytes whose header claims any size: decoding it would need gigabytes. */
function pngHeader(width: number, height: number): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', Buffer.from('789c030000000001', 'hex')),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

describe('a readable card', () => {
  it.each([1, 2, 3])('is taken, both sides (%i)', async (seed) => {
    for (const kind of KINDS) {
      const report = await images.inspect(await renderSampleCard(kind, seed));
      expect(report).toMatchObject({ ok: true, problems: [], widthPx: 960, heightPx: 606 });
      expect(report.sharpness).toBeGreaterThan(10 * PHOTO_LIMITS.minSharpness);
    }
  });

  it('is taken as PNG, WebP, grey, CMYK, with alpha, 16 bits deep and strongly compressed', async () => {
    const variants = [
      sharp(card).png(),
      sharp(card).webp(),
      sharp(card).toColourspace('b-w').jpeg(),
      sharp(card).toColourspace('b-w').png(),
      sharp(card).toColourspace('cmyk').jpeg(),
      sharp(card).ensureAlpha().png(),
      sharp(card).toColourspace('rgb16').png(),
      sharp(card).jpeg({ quality: 40 }),
      sharp(card).jpeg({ progressive: true }),
    ];
    for (const variant of variants) {
      const report = await images.inspect(await variant.toBuffer());
      expect(report).toMatchObject({ ok: true, problems: [] });
      expect(await sharp(report.jpeg ?? new Uint8Array()).metadata()).toMatchObject({ format: 'jpeg', channels: 3, space: 'srgb' });
    }
  });

  it('is taken lying on a table, a third of a phone photo wide, and kept at 2000 px', async () => {
    const small = await sharp(card).resize({ width: 1_300 }).toBuffer();
    const photo = await sharp({ create: { width: 4_000, height: 3_000, channels: 3, background: '#b9b2a6' } })
      .composite([{ input: small, left: 900, top: 700 }])
      .jpeg()
      .toBuffer();
    const report = await images.inspect(photo);
    expect(report).toMatchObject({ ok: true, widthPx: 4_000, heightPx: 3_000 });
    expect(await sharp(report.jpeg ?? new Uint8Array()).metadata()).toMatchObject({ width: 2_000, height: 1_500 });
  });

  it('is turned upright, and comes back without metadata', async () => {
    const tagged = await sharp(card)
      .withExif({ IFD0: { Make: 'CANARY-CAMERA' }, IFD3: { GPSLatitude: '39/1 54/1 0/1' } })
      .jpeg()
      .toBuffer();
    const turned = await sharp(tagged).keepExif().withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const report = await images.inspect(turned);
    const kept = Buffer.from(report.jpeg ?? new Uint8Array());
    const metadata = await sharp(kept).metadata();
    expect(turned.includes('CANARY-CAMERA')).toBe(true);
    expect(report).toMatchObject({ ok: true, widthPx: 606, heightPx: 960 });
    expect(metadata).toMatchObject({ width: 606, height: 960 });
    expect([metadata.exif, metadata.xmp, metadata.icc, metadata.orientation]).toEqual([undefined, undefined, undefined, undefined]);
    expect(kept.includes('CANARY')).toBe(false);
  });

  it('loses what is hidden behind its end', async () => {
    const report = await images.inspect(Buffer.concat([card, Buffer.from('<?php CANARY ?>')]));
    expect(report.ok).toBe(true);
    expect(Buffer.from(report.jpeg ?? new Uint8Array()).includes('CANARY')).toBe(false);
  });
});

describe('a poor photo', () => {
  it.each([
    ['blurred', 'blurred'],
    ['dark', 'too_dark'],
    ['bright', 'too_bright'],
    ['small', 'too_small'],
  ] as const)('%s is told as %s', async (flaw, problem) => {
    for (const kind of KINDS) {
      const report = await images.inspect(await renderSampleCard(kind, 5, flaw));
      expect(report.ok).toBe(false);
      expect(report.problems).toEqual([problem]);
      expect(report.jpeg).not.toBeNull();
    }
  });

  it('is told from a good one with room on both sides', async () => {
    for (const kind of KINDS) {
      const sharpCard = await renderSampleCard(kind, 11);
      const focus = async (sigma: number): Promise<number> => (await images.inspect(await sharp(sharpCard).blur(sigma).jpeg().toBuffer())).sharpness;
      expect(await focus(1)).toBeGreaterThan(4 * PHOTO_LIMITS.minSharpness);
      expect(await focus(3)).toBeLessThan(PHOTO_LIMITS.minSharpness / 4);
    }
  });

  it('is not called blurred for being dim, nor good for being empty', async () => {
    expect(await images.inspect(await sharp(card).linear(0.3, 0).jpeg().toBuffer())).toMatchObject({ ok: true });
    expect(
      await images.inspect(
        await sharp({ create: { width: 1_000, height: 700, channels: 3, background: '#ccc' } })
          .jpeg()
          .toBuffer(),
      ),
    ).toMatchObject({ problems: ['blurred'] });
  });

  it.each([
    [1_600, 500],
    [500, 1_600],
    [2_000, 400],
  ])('of %i x %i is the wrong shape', async (width, height) => {
    expect((await images.inspect(await sharp(card).resize({ width, height, fit: 'fill' }).jpeg().toBuffer())).problems).toContain('wrong_shape');
  });

  it.each([
    [600, 380, true],
    [380, 600, true],
    [599, 380, false],
    [600, 379, false],
  ])('of %i x %i: large enough is %s', async (width, height, enough) => {
    expect((await images.inspect(await sharp(card).resize({ width, height, fit: 'fill' }).jpeg().toBuffer())).problems.includes('too_small')).toBe(
      !enough,
    );
  });
});

describe('a hostile file', () => {
  it('that claims 30000 x 30000 is turned away on its header, at once', async () => {
    const before = process.memoryUsage().rss;
    const report = await images.inspect(pngHeader(30_000, 30_000));
    expect(report).toEqual({ ok: false, problems: ['too_large'], widthPx: 30_000, heightPx: 30_000, sharpness: 0, jpeg: null });
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
  });

  it('just over 25 megapixels is too large, just under is decoded and found empty', async () => {
    expect((await images.inspect(pngHeader(5_001, 5_000))).problems).toEqual(['too_large']);
    expect((await images.inspect(pngHeader(5_000, 5_000))).problems).toEqual(['not_an_image']);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['one byte', Buffer.from([0xff])],
    ['text', Buffer.from('hello')],
    [
      'an SVG with an external reference',
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="900" height="600"><image href="file:///etc/passwd"/></svg>'),
    ],
    ['a PDF', Buffer.from('%PDF-1.7\n')],
    ['a JPEG in name', Buffer.from('ffd8ffe000104a464946', 'hex')],
    ['a PNG in name', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')],
    ['a WebP in name', Buffer.from('RIFF\0\0\0\0WEBPVP8 ', 'latin1')],
  ])('%s is not an image', async (_name, bytes) => {
    expect(await images.inspect(bytes)).toEqual({ ok: false, problems: ['not_an_image'], widthPx: 0, heightPx: 0, sharpness: 0, jpeg: null });
  });

  it.each([
    ['HEIC', Buffer.from('\0\0\0\x18ftypheic\0\0\0\0', 'latin1')],
    ['HEIF', Buffer.from('\0\0\0\x18ftypmif1\0\0\0\0', 'latin1')],
    ['AVIF', Buffer.from('\0\0\0\x1cftypavif\0\0\0\0', 'latin1')],
    ['GIF', Buffer.from('GIF89a\x01\0\x01\0', 'latin1')],
    ['TIFF', Buffer.from('II*\0', 'latin1')],
    ['BMP', Buffer.from('BM\0\0', 'latin1')],
  ])('%s is a format we say we do not take', async (_name, bytes) => {
    expect((await images.inspect(bytes)).problems).toEqual(['unsupported_format']);
  });

  it('cut off anywhere is not an image', async () => {
    for (const format of ['jpeg', 'png', 'webp'] as const) {
      const whole = await sharp(card).toFormat(format).toBuffer();
      for (const share of [0.3, 0.6, 0.95])
        expect((await images.inspect(whole.subarray(0, Math.floor(whole.length * share)))).problems).toEqual(['not_an_image']);
    }
  });

  it('with bytes overwritten at random never throws and only says known codes', async () => {
    const seed = randomBytes(4).readUInt32LE(0);
    let state = seed;
    const next = (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 4_294_967_296) * below);
    };
    const sources = [
      await sharp(card).resize({ width: 640 }).jpeg().toBuffer(),
      await sharp(card).resize({ width: 640 }).png().toBuffer(),
      await sharp(card).resize({ width: 640 }).webp().toBuffer(),
    ];
    for (let round = 0; round < 45; round += 1) {
      const bytes = Buffer.from(sources[round % 3]!);
      for (let hit = 0; hit < 1 + next(20); hit += 1) bytes[next(round % 2 === 0 ? 64 : bytes.length)] = next(256);
      const report = await images.inspect(bytes);
      expect(report.problems.every(isReasonCode), `seed ${seed}, round ${round}`).toBe(true);
      expect(report.ok && report.jpeg === null, `seed ${seed}, round ${round}`).toBe(false);
    }
  });
});

describe('renderSampleCard', () => {
  it('renders the same picture for the same seed and another for another', async () => {
    expect(await renderSampleCard('id_front', 7)).toEqual(card);
    expect(await renderSampleCard('id_front', 8)).not.toEqual(card);
    expect(await renderSampleCard('id_back', 7)).not.toEqual(card);
  });
});
