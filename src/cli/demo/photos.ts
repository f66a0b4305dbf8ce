/** ID photos for the demo: a few are rendered and their bytes used again; each upload is a document of its own. */
import type { DemoApplicant } from '../../../fixtures/demo/applicants.ts';
import { renderSampleCard, type PhotoFlaw } from '../../../fixtures/id-photos/render.ts';
import type { Client } from './client.ts';

type Kind = 'id_front' | 'id_back';

export interface Photos {
  /** Document ids of what this applicant sends in. */
  documentsFor(client: Client, photos: DemoApplicant['photos'], n: number): Promise<string[]>;
  /** Uploads a good photo of each kind. */
  goodOnes(client: Client, kinds: readonly Kind[], n: number): Promise<string[]>;
}

const GOOD_OF_EACH = 4;

export async function renderPhotos(): Promise<Photos> {
  const cards = new Map<string, Uint8Array>();
  const flaws: readonly PhotoFlaw[] = ['blurred', 'dark', 'bright', 'small'];
  for (const kind of ['id_front', 'id_back'] as const) {
    for (let index = 0; index < GOOD_OF_EACH; index += 1) cards.set(`${kind}/good/${index}`, await renderSampleCard(kind, index));
  }
  for (const flaw of flaws) cards.set(`id_front/${flaw}/0`, await renderSampleCard('id_front', 9, flaw));
  const send = async (client: Client, kind: Kind, sort: 'good' | PhotoFlaw, n: number): Promise<string> => {
    const card = cards.get(`${kind}/${sort}/${sort === 'good' ? n % GOOD_OF_EACH : 0}`);
    if (card === undefined) throw new Error(`no ${sort} photo of ${kind} was rendered`);
    return (await client.upload(kind, card)).id;
  };
  const goodOnes: Photos['goodOnes'] = (client, kinds, n) => Promise.all(kinds.map((kind) => send(client, kind, 'good', n)));
  return {
    goodOnes,
    async documentsFor(client, photos, n) {
      if (photos === 'none') return [];
      if (photos === 'sandbox') return ['doc_sandbox_front', 'doc_sandbox_back'];
      if (photos === 'good') return goodOnes(client, ['id_front', 'id_back'], n);
      return [await send(client, 'id_front', photos, n), 'doc_sandbox_back'];
    },
  };
}
