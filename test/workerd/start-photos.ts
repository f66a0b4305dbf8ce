/** Runs on Node before the tests in workerd: draws the photos of the table and has the Node host judge them, for the edge to be held against. */
import type { TestProject } from 'vitest/node';
import { nodeImages } from '../../src/runtime/node/images.ts';
import { drawPhotoCases } from '../runtime/photo-cases.ts';

export interface JudgedPhoto {
  readonly name: string;
  readonly base64: string;
  readonly problems: readonly string[];
  readonly widthPx: number;
  readonly heightPx: number;
  readonly sharpness: number;
  /** Base64 of what the Node host keeps; null where it keeps nothing. */
  readonly kept: string | null;
}

declare module 'vitest' {
  interface ProvidedContext {
    /** The table of photos with the Node host's judgement. */
    readonly photos: readonly JudgedPhoto[];
  }
}

export default async function startPhotos(project: TestProject): Promise<void> {
  const images = nodeImages();
  const photos: JudgedPhoto[] = [];
  for (const { name, bytes } of await drawPhotoCases()) {
    const { problems, widthPx, heightPx, sharpness, jpeg } = await images.inspect(bytes);
    photos.push({ name, base64: base64Of(bytes), problems, widthPx, heightPx, sharpness, kept: jpeg === null ? null : base64Of(jpeg) });
  }
  project.provide('photos', photos);
}

function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
