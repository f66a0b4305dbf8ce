/** Built pages from the files deployed beside the Worker. The platform compresses what it sends by itself. */
import type { Pages } from '../../ports/pages.ts';
import type { AssetFetcher } from './platform.ts';

export function boundPages(assets: AssetFetcher): Pages {
  return {
    async read(file) {
      const reply = await assets.fetch(new Request(`https://pages.invalid/${file}`));
      if (!reply.ok || reply.body === null) return null;
      return { body: reply.body, contentType: reply.headers.get('content-type') ?? 'application/octet-stream', encoding: null };
    },
  };
}
