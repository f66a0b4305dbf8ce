/** A photo before it is sent: shrunk to what is needed and judged for what makes it unreadable. In: what a camera gave. Out: a JPEG, and what is wrong with it. */

export type PhotoFault = 'not_a_photo' | 'too_small' | 'blurred' | 'dark' | 'glare';
export interface Prepared {
  readonly jpeg: Blob | null;
  readonly fault: PhotoFault | null;
}

const MOST_PIXELS = 4_000_000;
const LEAST_LONG = 600;
const LEAST_SHORT = 380;
const QUALITY = 0.88;
/** Longer side of the grey picture that is measured. */
const MEASURED = 800;
/** Variance of the Laplacian below which strokes run together; as the service has it. */
const LEAST_SHARPNESS = 60;
const LEAST_LIGHT = 45;
const MOST_LIGHT = 238;
/** A patch is burnt out when so much of it is white; so many patches of a picture that is not white all over are glare. */
const WHITE = 250;
const PATCHES = 12;
const PATCH_BURNT = 0.9;
const MOST_BURNT = 0.06;

export async function prepare(file: Blob): Promise<Prepared> {
  const picture = await open(file);
  if (picture === null) return { jpeg: null, fault: 'not_a_photo' };
  const { width, height } = sizeOf(picture);
  if (Math.max(width, height) < LEAST_LONG || Math.min(width, height) < LEAST_SHORT) return { jpeg: null, fault: 'too_small' };
  const scale = Math.min(1, Math.sqrt(MOST_PIXELS / (width * height)));
  const canvas = drawn(picture, Math.round(width * scale), Math.round(height * scale));
  const measured = Math.min(1, MEASURED / Math.max(width, height));
  const fault = judge(grey(drawn(picture, Math.round(width * measured), Math.round(height * measured))));
  const jpeg = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY));
  return { jpeg, fault };
}

interface Grey {
  readonly width: number;
  readonly height: number;
  readonly light: Uint8Array;
}

/** The first thing wrong with it, or null. */
export function judge({ width, height, light }: Grey): PhotoFault | null {
  const mean = light.reduce((sum, value) => sum + value, 0) / light.length;
  if (mean < LEAST_LIGHT) return 'dark';
  if (mean > MOST_LIGHT || burntPatches({ width, height, light }) > MOST_BURNT) return 'glare';
  return sharpness({ width, height, light }) < LEAST_SHARPNESS ? 'blurred' : null;
}

function sharpness({ width, height, light }: Grey): number {
  let sum = 0;
  let squares = 0;
  let count = 0;
  for (let y = 1; y < height - 1; y += 1)
    for (let x = 1; x < width - 1; x += 1) {
      const at = y * width + x;
      const edge = light[at - 1]! + light[at + 1]! + light[at - width]! + light[at + width]! - 4 * light[at]!;
      sum += edge;
      squares += edge * edge;
      count += 1;
    }
  return squares / count - (sum / count) ** 2;
}

/** Share of the patches that are white nearly all over, away from the rim, where a white table may show. */
function burntPatches({ width, height, light }: Grey): number {
  let burnt = 0;
  let all = 0;
  for (let row = 2; row < PATCHES - 2; row += 1)
    for (let column = 2; column < PATCHES - 2; column += 1) {
      let white = 0;
      let count = 0;
      for (let y = Math.floor((row * height) / PATCHES); y < ((row + 1) * height) / PATCHES; y += 2)
        for (let x = Math.floor((column * width) / PATCHES); x < ((column + 1) * width) / PATCHES; x += 2) {
          if (light[y * width + x]! >= WHITE) white += 1;
          count += 1;
        }
      all += 1;
      if (white > count * PATCH_BURNT) burnt += 1;
    }
  return burnt / all;
}

type Picture = ImageBitmap | HTMLImageElement;

/** Upright, as the camera held it. */
async function open(file: Blob): Promise<Picture | null> {
  try {
    return await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch {
    return openByElement(file);
  }
}

function openByElement(file: Blob): Promise<Picture | null> {
  return new Promise((resolve) => {
    const image = new Image();
    const url = URL.createObjectURL(file);
    image.addEventListener('load', () => resolve(image));
    image.addEventListener('error', () => {
      URL.revokeObjectURL(url);
      resolve(null);
    });
    image.src = url;
  });
}

function sizeOf(picture: Picture): { readonly width: number; readonly height: number } {
  return 'naturalWidth' in picture ? { width: picture.naturalWidth, height: picture.naturalHeight } : picture;
}

function drawn(picture: Picture, width: number, height: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  canvas.getContext('2d')!.drawImage(picture, 0, 0, width, height);
  return canvas;
}

function grey(canvas: HTMLCanvasElement): Grey {
  const { width, height } = canvas;
  const { data } = canvas.getContext('2d')!.getImageData(0, 0, width, height);
  const light = new Uint8Array(width * height);
  for (let at = 0; at < light.length; at += 1) light[at] = (data[at * 4]! * 299 + data[at * 4 + 1]! * 587 + data[at * 4 + 2]! * 114) / 1_000;
  return { width, height, light };
}
