/**
 * ID photos looked at with sharp. Enters: bytes as uploaded, as hostile as any (the caller has capped their number). Leaves: a report,
 * and the picture encoded again, so that neither metadata (place, device) nor anything hidden in the file is kept.
 * Order: magic bytes, so that only JPEG, PNG and WebP ever reach a decoder; the header's dimensions, so that a bomb is never decoded; then
 * one decode into at most 2000 x 2000, which everything else is measured on. Must not throw for any bytes, and must not log them.
 */
import sharp from 'sharp';
import { invariant } from '../../domain/failures.ts';
import type { PhotoProblem } from '../../domain/reasons.ts';
import type { ImageReport, Images } from '../../ports/images.ts';

export const PHOTO_LIMITS = {
  maxPixels: 25_000_000,
  /** Least longer and shorter side: a card then has some 30 pixels per character of its number. Either way up. */
  minLongSide: 600,
  minShortSide: 380,
  /** An ID card is 1.59 long, phones take 1.33 to 2.33; beyond are strips, long screenshots and panoramas. */
  maxAspect: 2.4,
  /**
   * Variance of the Laplacian with the longer side at 800 px. Measured: a card that fills the picture 1200, one a quarter as wide as a phone
   * photo 200 to 250, one lit at a quarter 75; out of focus by 2 px in 960, where strokes run together, 45; out of focus by 3 px, 10.
   */
  minSharpness: 60,
  /** Mean of the grey image, 0 to 255. */
  minBrightness: 45,
  maxBrightness: 238,
} as const;

const KEPT_SIDE = 2000;
const MEASURED_SIDE = 800;
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
  const shape = shapeProblems(width, height);
  if (shape.includes('wrong_shape')) return { ...rejected('wrong_shape', width, height), problems: shape };
  try {
    const picture = await decode(bytes);
    const { sharpness, brightness } = await measure(picture);
    const problems = [...shape, ...lightProblems(brightness, sharpness)];
    return { ok: problems.length === 0, problems, widthPx: width, heightPx: height, sharpness, jpeg: await encode(picture) };
  } catch {
    return rejected('not_an_image', width, height);
  }
}

function rejected(problem: PhotoProblem, widthPx: number, heightPx: number): ImageReport {
  return { ok: false, problems: [problem], widthPx, heightPx, sharpness: 0, jpeg: null };
}

/** Tells by its first bytes what may be decoded, what is a picture of a kind that is not taken, and what is nothing. SVG and PDF are nothing. */
function formatOf(bytes: Uint8Array): 'decodable' | 'known' | 'nothing' {
  const start = String.fromCharCode(...bytes.subarray(0, 16));
  if (start.startsWith('\xff\xd8\xff') || start.startsWith('\x89PNG\r\n\x1a\n') || /^RIFF[^]{4}WEBP/.test(start)) return 'decodable';
  if (/^[^]{4}ftyp(?:hei|hev|mif1|msf1|avi)/.test(start) || /^(?:GIF8|BM|II\*\0|MM\0\*)/.test(start)) return 'known';
  return 'nothing';
}

/** Width and height as shown (EXIF orientation applied), from the header alone; null when there is no readable header. */
async function headerSize(bytes: Uint8Array): Promise<{ width: number; height: number } | null> {
  try {
    // The limit is off here only: no pixel is decoded, and the numbers are what the answer `too_large` rests on.
    const { autoOrient } = await sharp(bytes, { limitInputPixels: false }).metadata();
    return autoOrient.width > 0 && autoOrient.height > 0 ? { width: autoOrient.width, height: autoOrient.height } : null;
  } catch {
    return null;
  }
}

function shapeProblems(width: number, height: number): PhotoProblem[] {
  const long = Math.max(width, height);
  const short = Math.min(width, height);
  const problems: PhotoProblem[] = [];
  if (long < PHOTO_LIMITS.minLongSide || short < PHOTO_LIMITS.minShortSide) problems.push('too_small');
  if (long > short * PHOTO_LIMITS.maxAspect) problems.push('wrong_shape');
  return problems;
}

/** Too little or too much light flattens every edge, so then the light is told and not a blur that better light would cure. */
function lightProblems(brightness: number, sharpness: number): PhotoProblem[] {
  if (brightness < PHOTO_LIMITS.minBrightness) return ['too_dark'];
  if (brightness > PHOTO_LIMITS.maxBrightness) return ['too_bright'];
  return sharpness < PHOTO_LIMITS.minSharpness ? ['blurred'] : [];
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
  return new Uint8Array(await sharp(data, { raw }).jpeg({ quality: 88 }).toBuffer());
}

/** Mean grey, and the variance of the 3 x 3 Laplacian: edges raise it, blur and emptiness lower it. */
async function measure({ data, raw }: Picture): Promise<{ sharpness: number; brightness: number }> {
  const { data: grey, info } = await sharp(data, { raw })
    .resize({ width: MEASURED_SIDE, height: MEASURED_SIDE, fit: 'inside' })
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  let light = 0;
  for (const value of grey) light += value;
  let sum = 0;
  let squares = 0;
  for (let y = 1; y < height - 1; y += 1) {
    for (let at = y * width + 1; at < (y + 1) * width - 1; at += 1) {
      const edge = grey[at - 1]! + grey[at + 1]! + grey[at - width]! + grey[at + width]! - 4 * grey[at]!;
      sum += edge;
      squares += edge * edge;
    }
  }
  const count = Math.max(1, (width - 2) * (height - 2));
  return { sharpness: squares / count - (sum / count) ** 2, brightness: light / grey.length };
}
