/**
 * Size and orientation of a JPEG, PNG or WebP, read from its header. Enters: hostile bytes. Leaves: what the decoder will find, or null.
 * Reads no pixel and must not throw. It is stricter than decoders where being lenient would let a file show one size here and another
 * there: a second frame header, or a file shorter than its own account of itself, is no readable header.
 */
import type { Size } from '../photo-judgement.ts';

/** `width` and `height` as stored; an orientation of 5 to 8 means that they are shown swapped. */
export interface Header extends Size {
  /** EXIF orientation, 1 to 8; 1 is upright. */
  readonly orientation: number;
}

/** Names of chunks as the number they are: a file can hold a million of them. */
const [IHDR, EXIF_PNG, EXIF, VP8X, ANMF, LOSSY, LOSSLESS] = ['IHDR', 'eXIf', 'EXIF', 'VP8X', 'ANMF', 'VP8 ', 'VP8L'].map((name) =>
  [...name].reduce((sum, letter) => sum * 256 + letter.charCodeAt(0), 0),
);

/** Null when there is no header that can be trusted to be the decoder's as well. */
export function readHeader(bytes: Uint8Array): Header | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const header = bytes[0] === 0xff ? jpegHeader(view) : bytes[0] === 0x89 ? pngHeader(view) : webpHeader(view);
    return header !== null && header.width > 0 && header.height > 0 ? header : null;
  } catch (error) {
    // Reading past the end is how a header that is cut off shows.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function jpegHeader(view: DataView): Header | null {
  let size: Size | null = null;
  let orientation = 1;
  for (let at = 2; ;) {
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    // A marker may be preceded by any number of fill bytes.
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === 0xda) return size === null ? null : { ...size, orientation };
    const length = view.getUint16(at + 2);
    if (length < 2) return null;
    if (isFrame(marker)) {
      if (size !== null) return null;
      size = { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    }
    if (marker === 0xe1 && length >= 16 && textAt(view, at + 4, 6) === 'Exif\0\0') orientation = tiffOrientation(view, at + 10, at + 2 + length);
    at += 2 + length;
  }
}

/** SOF0 to SOF15; among them C4, C8 and CC mean other things. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function pngHeader(view: DataView): Header | null {
  if (view.getUint32(8) !== 13 || view.getUint32(12) !== IHDR) return null;
  const size = { width: view.getUint32(16), height: view.getUint32(20) };
  let orientation = 1;
  for (let at = 33; at + 12 <= view.byteLength;) {
    const length = view.getUint32(at);
    const type = view.getUint32(at + 4);
    if (type === IHDR) return null;
    if (type === EXIF_PNG && at + 8 + length <= view.byteLength) orientation = tiffOrientation(view, at + 8, at + 8 + length);
    at += 12 + length;
  }
  return { ...size, orientation };
}

function webpHeader(view: DataView): Header | null {
  const end = 8 + view.getUint32(4, true);
  if (end > view.byteLength) return null;
  let canvas: Size | null = null;
  let picture: Size | null = null;
  let orientation = 1;
  for (let at = 12; at + 8 <= end;) {
    const type = view.getUint32(at);
    const length = view.getUint32(at + 4, true);
    const from = at + 8;
    if (from + length > end) return null;
    if (type === VP8X) canvas = { width: 1 + uint24(view, from + 4), height: 1 + uint24(view, from + 7) };
    // Several pictures in one are a film: no photo of a card.
    if (type === ANMF || ((type === LOSSY || type === LOSSLESS) && picture !== null)) return null;
    if (type === LOSSY) picture = lossySize(view, from);
    if (type === LOSSLESS) picture = losslessSize(view, from);
    if (type === EXIF) orientation = tiffOrientation(view, textAt(view, from, 6) === 'Exif\0\0' ? from + 6 : from, from + length);
    at = from + length + (length % 2);
  }
  if (picture === null || (canvas !== null && (canvas.width !== picture.width || canvas.height !== picture.height))) return null;
  return { ...picture, orientation };
}

function lossySize(view: DataView, from: number): Size {
  return { width: view.getUint16(from + 6, true) & 0x3fff, height: view.getUint16(from + 8, true) & 0x3fff };
}

function losslessSize(view: DataView, from: number): Size {
  const bits = view.getUint32(from + 1, true);
  return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
}

function uint24(view: DataView, at: number): number {
  return view.getUint16(at, true) + (view.getUint8(at + 2) << 16);
}

/** Tag 0x0112 of the first directory; 1 when there is none or it makes no sense, since a wrong turn is no reason to refuse a photo. */
function tiffOrientation(view: DataView, from: number, end: number): number {
  if (from + 8 > end || end > view.byteLength) return 1;
  const little = textAt(view, from, 2) === 'II';
  const first = from + view.getUint32(from + 4, little);
  if (first + 2 > end) return 1;
  for (let entry = 0; entry < view.getUint16(first, little); entry += 1) {
    const at = first + 2 + 12 * entry;
    if (at + 12 > end) return 1;
    if (view.getUint16(at, little) !== 0x0112) continue;
    const value = view.getUint16(at + 8, little);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

function textAt(view: DataView, at: number, length: number): string {
  return String.fromCharCode(...Array.from({ length }, (_, index) => view.getUint8(at + index)));
}
