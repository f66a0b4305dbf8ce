/**
 * ID photos looked at in workerd, with photon. Enters: bytes as uploaded, as hostile as any (the caller has capped their number). Leaves: a
 * report, and the picture encoded again. The order is that of the Node host: magic bytes, the header's size and shape, one decode.
 * An isolate has 128 MB for everything, so fewer pixels are taken than on Node. Must not throw for any bytes, and must not log them.
 */
import { invariant } from '../../domain/failures.ts';
import type { ImageReport, Images } from '../../ports/images.ts';
import {
  formatOf,
  KEPT_QUALITY,
  KEPT_SIDE,
  lightProblems,
  MEASURED_SIDE,
  measureGrey,
  rejected,
  shapeProblems,
  type Measures,
} from '../photo-judgement.ts';
import { readHeader, type Header } from './image-header.ts';
import { withPhoton, type Handle, type Photon } from './photon.ts';
import { greyOf, onWhite, upright } from './rgba.ts';

/**
 * Decoding takes 12 bytes a pixel, 20 for 16 bits a channel with alpha: measured 48 to 80 MB of an isolate's 128, beside an upload of at most 10
 * and the service. A client that shrinks a photo to the size that is kept anyway is never turned away for it.
 */
export const EDGE_MAX_PIXELS = KEPT_SIDE * KEPT_SIDE;

/** The `Images` port of the edge host. `too_large` from `EDGE_MAX_PIXELS` on; otherwise it judges as the Node host does. */
export function edgeImages(): Images {
  return { inspect: async (bytes) => inspect(bytes) };
}

function inspect(bytes: Uint8Array): ImageReport {
  const format = formatOf(bytes);
  if (format !== 'decodable') return rejected(format === 'known' ? 'unsupported_format' : 'not_an_image', 0, 0);
  const header = readHeader(bytes);
  if (header === null) return rejected('not_an_image', 0, 0);
  const size = header.orientation >= 5 ? { width: header.height, height: header.width } : header;
  const { width, height } = size;
  if (width * height > EDGE_MAX_PIXELS) return rejected('too_large', width, height);
  const shape = shapeProblems(size);
  if (shape.includes('wrong_shape')) return { ...rejected('wrong_shape', width, height), problems: shape };
  try {
    const { jpeg, measures } = withPhoton((photon) => lookAt(photon, bytes, header));
    const problems = [...shape, ...lightProblems(measures)];
    return { ok: problems.length === 0, problems, widthPx: width, heightPx: height, sharpness: measures.sharpness, jpeg };
  } catch {
    return rejected('not_an_image', width, height);
  }
}

/** The only decode. Throws on corrupt and truncated input, and then leaves what it holds to the instance, which ends with it. */
function lookAt(photon: Photon, bytes: Uint8Array, header: Header): { jpeg: Uint8Array; measures: Measures } {
  const decoded = photon.decode(bytes);
  const found = photon.sizeOf(decoded);
  invariant(found.width === header.width && found.height === header.height, 'the picture is of the size its header tells');
  const kept = fit(photon, decoded, Math.min(KEPT_SIDE, Math.max(header.width, header.height)));
  const picture = onWhite(photon.read(kept));
  photon.free(kept);

  // Neither light nor sharpness changes with a turn, so the picture is measured as it is stored.
  const small = fit(photon, photon.from(picture), MEASURED_SIDE);
  const measures = measureGrey(greyOf(photon.read(small)), photon.sizeOf(small));
  photon.free(small);

  const shown = photon.from(upright(picture, header.orientation));
  const jpeg = photon.encodeJpeg(shown, KEPT_QUALITY);
  photon.free(shown);
  return { jpeg, measures };
}

/** Scales to a longer side, in exchange for the image handed in. */
function fit(photon: Photon, image: Handle, longSide: number): Handle {
  const { width, height } = photon.sizeOf(image);
  const scale = longSide / Math.max(width, height);
  if (scale === 1) return image;
  const scaled = photon.resize(image, { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) });
  photon.free(image);
  return scaled;
}
