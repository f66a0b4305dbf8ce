/** What is done to decoded pixels in JavaScript: what photon has no exact operation for. */
import type { Size } from '../photo-judgement.ts';

/** Four bytes a pixel: red, green, blue, alpha. */
export interface Rgba extends Size {
  readonly pixels: Uint8Array;
}

/** Lays the picture on white, in place: a JPEG has no alpha, and what is transparent is black underneath more often than not. */
export function onWhite(picture: Rgba): Rgba {
  const { pixels } = picture;
  for (let at = 0; at < pixels.length; at += 4) {
    const alpha = pixels[at + 3]!;
    if (alpha === 255) continue;
    for (let channel = at; channel < at + 3; channel += 1) pixels[channel] = Math.round((pixels[channel]! * alpha) / 255) + 255 - alpha;
    pixels[at + 3] = 255;
  }
  return picture;
}

/** Turns and mirrors by an EXIF orientation, 1 to 8, so that the picture stands as it was taken. */
export function upright(picture: Rgba, orientation: number): Rgba {
  if (orientation === 1) return picture;
  const { width, height } = picture;
  const from = new Uint32Array(picture.pixels.buffer, picture.pixels.byteOffset, width * height);
  const swapped = orientation >= 5;
  const to = new Uint32Array(width * height);
  const [shownWidth, shownHeight] = swapped ? [height, width] : [width, height];
  const fromRight = [2, 3, 7, 8].includes(orientation);
  const fromBottom = [3, 4, 6, 7].includes(orientation);
  for (let y = 0; y < shownHeight; y += 1) {
    for (let x = 0; x < shownWidth; x += 1) {
      const column = swapped ? y : x;
      const row = swapped ? x : y;
      to[y * shownWidth + x] = from[(fromBottom ? height - 1 - row : row) * width + (fromRight ? width - 1 - column : column)]!;
    }
  }
  return { width: shownWidth, height: shownHeight, pixels: new Uint8Array(to.buffer) };
}

/** Steps between black and white at which a linear light is looked up again as a grey. */
const STEPS = 4096;
const LINEAR = Float64Array.from({ length: 256 }, (_, value) => linear(value / 255));
const GREY = Uint8Array.from({ length: STEPS + 1 }, (_, step) => Math.round(255 * companded(step / STEPS)));

/** Luminance, one byte a pixel, weighed in linear light as libvips does. */
export function greyOf({ pixels, width, height }: Rgba): Uint8Array {
  const grey = new Uint8Array(width * height);
  for (let at = 0; at < grey.length; at += 1) {
    const light = 0.2126 * LINEAR[pixels[4 * at]!]! + 0.7152 * LINEAR[pixels[4 * at + 1]!]! + 0.0722 * LINEAR[pixels[4 * at + 2]!]!;
    grey[at] = GREY[Math.round(light * STEPS)]!;
  }
  return grey;
}

/** The curve of sRGB, from its value to light and back, both 0 to 1. */
function linear(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function companded(light: number): number {
  return light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055;
}
