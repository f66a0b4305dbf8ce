/**
 * The WebAssembly of photon, without its JavaScript: that one keeps a single instance for as long as the isolate lives, and an instance that
 * has trapped (Rust panics on a corrupt picture) keeps what it held and the stack it stood on. Here a trap throws, and the next photo gets
 * a new instance. A sound one is used again, since memory once grown is given back only with its instance.
 */
import photonModule from '@cf-wasm/photon/photon.wasm';
import type { Size } from '../photo-judgement.ts';
import type { Rgba } from './rgba.ts';

/** A picture inside the instance, good until the closure it was handed to has returned. */
export type Handle = number & { readonly __brand: 'photon image' };

export interface Photon {
  /** Traps on what it cannot read. The pixels are as stored, whatever the orientation. */
  decode(bytes: Uint8Array): Handle;
  from(picture: Rgba): Handle;
  resize(image: Handle, to: Size): Handle;
  sizeOf(image: Handle): Size;
  read(image: Handle): Rgba;
  /** Without alpha and without metadata. */
  encodeJpeg(image: Handle, quality: number): Uint8Array;
  free(image: Handle): void;
}

/** What wasm-bindgen exports of the calls used here. Pairs are pointer and length. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  __wbindgen_malloc(size: number, align: number): number;
  __wbindgen_free(at: number, size: number, align: number): void;
  __wbg_photonimage_free(image: number, orphaned: number): void;
  photonimage_new(at: number, length: number, width: number, height: number): Handle;
  photonimage_new_from_byteslice(at: number, length: number): Handle;
  photonimage_get_width(image: number): number;
  photonimage_get_height(image: number): number;
  photonimage_get_raw_pixels(image: number): [at: number, length: number];
  photonimage_get_bytes_jpeg(image: number, quality: number): [at: number, length: number];
  resize(image: number, width: number, height: number, filter: number): Handle;
}

/** The filters that libvips takes as well, one for each direction. */
const SHRINKING_LANCZOS3 = 5;
const ENLARGING_CATMULL_ROM = 3;

let sound: Exports | null = null;

/** Runs synchronous work on an instance. Throws what the work throws, a trap as `WebAssembly.RuntimeError`; the instance is then dropped. */
export function withPhoton<T>(work: (photon: Photon) => T): T {
  const wasm = sound ?? instantiate();
  sound = null;
  const result = work(bind(wasm));
  sound = wasm;
  return result;
}

/** Bytes of linear memory the instance in hand has grown to, 0 without one. */
export function photonMemoryBytes(): number {
  return sound?.memory.buffer.byteLength ?? 0;
}

function instantiate(): Exports {
  const imports: Record<string, Record<string, () => undefined>> = {};
  // Canvases, elements and the console, none of which a decoder has any business with. A panic is told to `error` before the trap: not logged.
  for (const { module, name } of WebAssembly.Module.imports(photonModule)) (imports[module] ??= {})[name] = () => undefined;
  return new WebAssembly.Instance(photonModule, imports).exports as unknown as Exports;
}

function bind(wasm: Exports): Photon {
  const place = (bytes: Uint8Array): number => {
    const at = wasm.__wbindgen_malloc(bytes.length, 1) >>> 0;
    new Uint8Array(wasm.memory.buffer).set(bytes, at);
    return at;
  };
  const take = ([at, length]: [number, number]): Uint8Array => {
    const bytes = new Uint8Array(wasm.memory.buffer).slice(at >>> 0, (at >>> 0) + length);
    wasm.__wbindgen_free(at, length, 1);
    return bytes;
  };
  const sizeOf = (image: Handle): Size => ({ width: wasm.photonimage_get_width(image), height: wasm.photonimage_get_height(image) });
  return {
    decode: (bytes) => wasm.photonimage_new_from_byteslice(place(bytes), bytes.length),
    from: ({ pixels, width, height }) => wasm.photonimage_new(place(pixels), pixels.length, width, height),
    resize: (image, { width, height }) => wasm.resize(image, width, height, width > sizeOf(image).width ? ENLARGING_CATMULL_ROM : SHRINKING_LANCZOS3),
    sizeOf,
    read: (image) => ({ ...sizeOf(image), pixels: take(wasm.photonimage_get_raw_pixels(image)) }),
    encodeJpeg: (image, quality) => take(wasm.photonimage_get_bytes_jpeg(image, quality)),
    free: (image) => wasm.__wbg_photonimage_free(image, 0),
  };
}
