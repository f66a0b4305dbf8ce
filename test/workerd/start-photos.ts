/** Runs on Node before the tests in workerd: draws the photos of the table and has the Node host judge them, for the edge to be held against. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
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
    /** Where the table of photos with the Node host's judgement is served, as JSON: what is provided itself is sent along with every test file. */
    readonly photos: string;
  }
}

export default async function startPhotos(project: TestProject): Promise<() => void> {
  const images = nodeImages();
  const photos: JudgedPhoto[] = [];
  for (const { name, bytes } of await drawPhotoCases()) {
    const { problems, widthPx, heightPx, sharpness, jpeg } = await images.inspect(bytes);
    photos.push({ name, base64: base64Of(bytes), problems, widthPx, heightPx, sharpness, kept: jpeg === null ? null : base64Of(jpeg) });
  }
  const server = createServer((_request, response) => response.end(JSON.stringify(photos)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  project.provide('photos', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return () => void server.close();
}

function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
