/** Photos that both hosts must judge alike. Drawn on Node; the tests in workerd are handed the bytes. */
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { renderSampleCard } from '../../fixtures/id-photos/render.ts';

export interface PhotoCase {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** What is to be found wrong, in order. */
  readonly problems: readonly string[];
}

/** About a second of drawing. */
export async function drawPhotoCases(): Promise<PhotoCase[]> {
  const card = sharp(await renderSampleCard('id_front', 7));
  const [jpeg, png, webp] = await Promise.all([card.clone().jpeg().toBuffer(), card.clone().png().toBuffer(), card.clone().webp().toBuffer()]);
  const drawn: PhotoCase[] = [];
  const draw = async (name: string, problems: readonly string[], bytes: Uint8Array | Promise<Uint8Array>): Promise<void> =>
    void drawn.push({ name, problems, bytes: await bytes });

  for (const seed of [1, 2]) await draw(`back ${seed}`, [], renderSampleCard('id_back', seed));
  await draw('JPEG', [], jpeg);
  await draw('progressive JPEG', [], card.clone().jpeg({ progressive: true }).toBuffer());
  await draw('grey JPEG', [], card.clone().toColourspace('b-w').jpeg().toBuffer());
  await draw('CMYK JPEG', [], card.clone().toColourspace('cmyk').jpeg().toBuffer());
  await draw('PNG', [], png);
  await draw('PNG with a palette', [], card.clone().png({ palette: true }).toBuffer());
  await draw('PNG of 16 bits', [], card.clone().toColourspace('rgb16').png().toBuffer());
  await draw('interlaced PNG', [], card.clone().png({ progressive: true }).toBuffer());
  await draw('PNG half transparent', [], card.clone().ensureAlpha(0.5).png().toBuffer());
  await draw('transparent PNG', ['too_bright'], card.clone().ensureAlpha(0).png().toBuffer());
  await draw('WebP', [], webp);
  await draw('lossless WebP', [], card.clone().webp({ lossless: true }).toBuffer());
  await draw('WebP with alpha', [], card.clone().ensureAlpha(0.9).webp().toBuffer());
  for (let orientation = 2; orientation <= 8; orientation += 1)
    await draw(`orientation ${orientation}`, [], card.clone().withMetadata({ orientation }).jpeg().toBuffer());
  await draw('PNG with an orientation', [], card.clone().withMetadata({ orientation: 6 }).png().toBuffer());
  await draw('WebP with an orientation', [], card.clone().withMetadata({ orientation: 6 }).webp().toBuffer());
  await draw('larger than is kept', [], card.clone().resize({ width: 2_400 }).jpeg().toBuffer());
  const least = card.clone().resize({ width: 600, height: 380, fit: 'fill' });
  await draw('of the least size', [], least.clone().jpeg().toBuffer());
  await draw('PNG of the least size', [], least.clone().png({ palette: true }).toBuffer());
  await draw('WebP of the least size', [], least.clone().webp().toBuffer());
  await draw('just too small', ['too_small'], card.clone().resize({ width: 599, height: 380, fit: 'fill' }).jpeg().toBuffer());
  await draw('dim', [], card.clone().linear(0.3, 0).jpeg().toBuffer());
  for (const [flaw, problem] of [
    ['blurred', 'blurred'],
    ['dark', 'too_dark'],
    ['bright', 'too_bright'],
    ['small', 'too_small'],
  ] as const)
    await draw(flaw, [problem], renderSampleCard('id_front', 5, flaw));
  await draw('out of focus', ['blurred'], card.clone().blur(3).jpeg().toBuffer());
  await draw('a strip', ['wrong_shape'], card.clone().resize({ width: 1_600, height: 500, fit: 'fill' }).jpeg().toBuffer());
  await draw('a small strip', ['too_small', 'wrong_shape'], card.clone().resize({ width: 1_600, height: 300, fit: 'fill' }).jpeg().toBuffer());

  const square = card.clone().resize({ width: 2_000, height: 2_000, fit: 'fill' }).ensureAlpha().toColourspace('rgb16');
  await draw('as large as the edge takes', [], square.png({ compressionLevel: 1 }).toBuffer());
  await draw('larger than the edge takes', [], card.clone().resize({ width: 2_001, height: 2_000, fit: 'fill' }).jpeg().toBuffer());
  await draw('a bomb', ['too_large'], pngHeader(30_000, 30_000));
  await draw('a header without a picture', ['not_an_image'], pngHeader(1_000, 800));
  await draw('with something behind its end', [], Buffer.concat([jpeg, Buffer.from('<?php CANARY ?>')]));
  for (const [format, whole] of Object.entries({ jpeg, png, webp }))
    for (const share of [0.01, 0.3, 0.6, 0.95])
      await draw(`${format} cut off at ${share}`, ['not_an_image'], whole.subarray(0, Math.floor(whole.length * share)));
  for (const [name, problem, text] of TEXTS) await draw(name, [problem], Buffer.from(text, 'latin1'));
  return drawn;
}

const TEXTS = [
  ['nothing', 'not_an_image', ''],
  ['one byte', 'not_an_image', '\xff'],
  ['an SVG', 'not_an_image', '<svg xmlns="http://www.w3.org/2000/svg" width="900" height="600"/>'],
  ['a JPEG in name', 'not_an_image', '\xff\xd8\xff\xe0\0\x10JFIF'],
  ['a PNG in name', 'not_an_image', '\x89PNG\r\n\x1a\n'],
  ['a WebP in name', 'not_an_image', 'RIFF\0\0\0\0WEBPVP8 '],
  ['HEIC', 'unsupported_format', '\0\0\0\x18ftypheic\0\0\0\0'],
  ['GIF', 'unsupported_format', 'GIF89a\x01\0\x01\0'],
] as const;

/** A PNG of a few bytes whose header claims any size: decoding it would need gigabytes. */
export function pngHeader(width: number, height: number): Uint8Array {
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

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}
