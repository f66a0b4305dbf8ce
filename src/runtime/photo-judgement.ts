/**
 * How an ID photo is judged, the same on every host: what its first bytes may be, its shape, its light, its sharpness. Enters: bytes, sizes
 * and a grey picture a host has decoded. Leaves: problems and figures. It decodes nothing itself and must not throw for any bytes.
 */
import type { PhotoProblem } from '../domain/reasons.ts';
import type { ImageReport } from '../ports/images.ts';

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

/** Longest side of the picture that is kept, in pixels. */
export const KEPT_SIDE = 2000;
/** Longer side of the grey picture that light and sharpness are measured on, in pixels. */
export const MEASURED_SIDE = 800;
/** Of the JPEG that is kept, 1 to 100. */
export const KEPT_QUALITY = 88;

/** Width and height in pixels, as shown. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The report on a photo of which nothing is kept. */
export function rejected(problem: PhotoProblem, widthPx: number, heightPx: number): ImageReport {
  return { ok: false, problems: [problem], widthPx, heightPx, sharpness: 0, jpeg: null };
}

/** Tells by its first bytes what may be decoded, what is a picture of a kind that is not taken, and what is nothing. SVG and PDF are nothing. */
export function formatOf(bytes: Uint8Array): 'decodable' | 'known' | 'nothing' {
  const start = String.fromCharCode(...bytes.subarray(0, 16));
  if (start.startsWith('\xff\xd8\xff') || start.startsWith('\x89PNG\r\n\x1a\n') || /^RIFF[^]{4}WEBP/.test(start)) return 'decodable';
  if (/^[^]{4}ftyp(?:hei|hev|mif1|msf1|avi)/.test(start) || /^(?:GIF8|BM|II\*\0|MM\0\*)/.test(start)) return 'known';
  return 'nothing';
}

/** What is wrong with the sides, before anything is decoded. */
export function shapeProblems({ width, height }: Size): PhotoProblem[] {
  const long = Math.max(width, height);
  const short = Math.min(width, height);
  const problems: PhotoProblem[] = [];
  if (long < PHOTO_LIMITS.minLongSide || short < PHOTO_LIMITS.minShortSide) problems.push('too_small');
  if (long > short * PHOTO_LIMITS.maxAspect) problems.push('wrong_shape');
  return problems;
}

/** Too little or too much light flattens every edge, so then the light is told and not a blur that better light would cure. */
export function lightProblems({ brightness, sharpness }: Measures): PhotoProblem[] {
  if (brightness < PHOTO_LIMITS.minBrightness) return ['too_dark'];
  if (brightness > PHOTO_LIMITS.maxBrightness) return ['too_bright'];
  return sharpness < PHOTO_LIMITS.minSharpness ? ['blurred'] : [];
}

export interface Measures {
  /** Variance of the 3 x 3 Laplacian: edges raise it, blur and emptiness lower it. */
  readonly sharpness: number;
  /** Mean grey, 0 to 255. */
  readonly brightness: number;
}

/** Measures a grey picture, one byte a pixel, whose longer side is `MEASURED_SIDE`. */
export function measureGrey(grey: Uint8Array, { width, height }: Size): Measures {
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
