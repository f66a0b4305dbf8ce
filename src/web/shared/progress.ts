/** An application's progress as server-sent events, read with `fetch`, since `EventSource` sends no headers. */
import { APPLICATION_ENDED } from '../../domain/states.ts';

/** Nothing more comes of it by itself. */
export const ENDED: ReadonlySet<string> = APPLICATION_ENDED;

/**
 * Calls `heard` with the id and the data of each event `status` as it comes, and `alive` with whatever else comes. True when `heard` has said that it
 * is enough, false when the stream was over before.
 */
export async function readEvents(
  body: ReadableStream<Uint8Array>,
  heard: (id: string, data: string) => boolean,
  alive?: () => void,
): Promise<boolean> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return false;
    alive?.();
    const blocks = (rest + decoder.decode(value, { stream: true })).split('\n\n');
    rest = blocks.pop()!;
    for (const block of blocks) {
      const lines = block.split('\n');
      const field = (name: string): string => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? '';
      if (field('event') === 'status' && heard(field('id'), field('data'))) return true;
    }
  }
}
