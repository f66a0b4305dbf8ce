/**
 * ID photos looked at with sharp. Enters: bytes as uploaded, as hostile as any (the caller has capped their number). Leaves: a report,
 * and the picture encoded again, so that neither metadata (place, device) nor anything hidden in the file is kept.
 * Order: magic bytes, so that only JPEG, PNG and WebP ever reach a decoder; the header's dimensions, so that a bomb is never decoded; then
 * one decode into at most 2000 x 2000, which everything else is measured on. Must not throw for any bytes, and must not log them.
 */
import sharp from 'sharp';
import { invariant } from '../../domain/failures.ts';
import type { ImageReport, Images } from '../../ports/images.ts';
import {
  formatOf,
  KEPT_QUALITY,
  KEPT_SIDE,
  lightProblems,
  MEASURED_SIDE,
  measureGrey,
  PHOTO_LIMITS,
  rejected,
  shapeProblems,
  type Measures,
  type Size,
} from '../photo-judgement.ts';

export { PHOTO_LIMITS } from '../photo-judgement.ts';

const DECODE_TIMEOUT_S = 10;

/** The `Images` port of the Node host. Uses one libvips thread per picture and no cache, so uploads neither starve the server nor grow it. */
export function nodeImages(): Images {
  sharp.concurrency(1);
  sharp.cache(false);
  return { inspect };
}

async function inspect(bytes: Uint8Array): Promise<ImageReport> {
  const format = formatOf(bytes);
  if (format !== 'decodable') return rejected(format === 'known' ? 'unsupported_format' : 'not_an_image', 0, 0);
  const size = await headerSize(bytes);
  if (size === null) return rejected('not_an_image', 0, 0);
  const { width, height } = size;
  if (width * height > PHOTO_LIMITS.maxPixels) return rejected('too_large', width, height);
  const shape = shapeProblems(size);
  if (shape.includes('wrong_shape')) return { ...rejected('wrong_shape', width, height), problems: shape };
  try {
    const picture = await decode(bytes);
    const measures = await measure(picture);
    const problems = [...shape, ...lightProblems(measures)];
    return { ok: problems.length === 0, problems, widthPx: width, heightPx: height, sharpness: measures.sharpness, jpeg: await encode(picture) };
  } catch {
    return rejected('not_an_image', width, height);
  }
}

/** Width and height as shown (EXIF orientation applied), from the header alone; null when there is no readable header. */
async function headerSize(bytes: Uint8Array): Promise<Size | null> {
  try {
    // The limit is off here only: no pixel is decoded, and the numbers are what the answer `too_large` rests on.
    const { autoOrient } = await sharp(bytes, { limitInputPixels: false }).metadata();
    return autoOrient.width > 0 && autoOrient.height > 0 ? { width: autoOrient.width, height: autoOrient.height } : null;
  } catch {
    return null;
  }
}

interface Picture {
  readonly data: Buffer;
  readonly raw: { readonly width: number; readonly height: number; readonly channels: 3 };
}

/** The only decode. Throws on corrupt, truncated or endless input. */
async function decode(bytes: Uint8Array): Promise<Picture> {
  const { data, info } = await sharp(bytes, { limitInputPixels: PHOTO_LIMITS.maxPixels, failOn: 'truncated', sequentialRead: true })
    .timeout({ seconds: DECODE_TIMEOUT_S })
    .autoOrient()
    .resize({ width: KEPT_SIDE, height: KEPT_SIDE, fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  invariant(info.channels === 3, 'decoded to sRGB without alpha');
  return { data, raw: { width: info.width, height: info.height, channels: 3 } };
}

async function encode({ data, raw }: Picture): Promise<Uint8Array> {
  return new Uint8Array(await sharp(data, { raw }).jpeg({ quality: KEPT_QUALITY }).toBuffer());
}

async function measure({ data, raw }: Picture): Promise<Measures> {
  const { data: grey, info } = await sharp(data, { raw })
    .resize({ width: MEASURED_SIDE, height: MEASURED_SIDE, fit: 'inside' })
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return measureGrey(grey, info);
}
