/** Server-sent events as the borrower's page and the embed read them: cut anywhere on their way, whole when they are told. */
import { describe, expect, it } from 'vitest';
import { readEvents } from '../../src/web/shared/progress.ts';

const STREAM =
  ': still here\n\nid: 3\nevent: status\ndata: {"name":"张三"}\n\nevent: other\ndata: 1\n\nid: 4\nevent: status\ndata: {"a":"b: c"}\n\nid: 5\nev';
const TOLD = ['3 {"name":"张三"}', '4 {"a":"b: c"}'];

async function heard(pieceBytes: number, enough: string | null): Promise<{ told: string[]; alive: number; enough: boolean }> {
  const bytes = new TextEncoder().encode(STREAM);
  const body = new ReadableStream<Uint8Array>({
    start(queue) {
      for (let at = 0; at < bytes.length; at += pieceBytes) queue.enqueue(bytes.subarray(at, at + pieceBytes));
      queue.close();
    },
  });
  const told: string[] = [];
  let alive = 0;
  const hear = (id: string, data: string): boolean => told.push(`${id} ${data}`) > 0 && id === enough;
  const answer = await readEvents(body, hear, () => (alive += 1));
  return { told, alive, enough: answer };
}

describe('an application’s events', () => {
  it('are told once each, in order, however the stream is cut; what is half there at its end is not', async () => {
    const bytes = new TextEncoder().encode(STREAM).length;
    for (const piece of [1, 2, 3, 7, 50, bytes]) {
      expect([piece, await heard(piece, null)]).toEqual([piece, { told: TOLD, alive: Math.ceil(bytes / piece), enough: false }]);
    }
  });

  it('are told no further once it is enough', async () => {
    for (const piece of [1, 1_000]) expect(await heard(piece, '3')).toMatchObject({ told: [TOLD[0]], enough: true });
  });
});
