import type { Objects } from '../../ports/objects.ts';
import type { R2Bucket } from './platform.ts';

/** Sealed photos in R2. A put resolves once R2 has it for good; a delete of what is not there is no fault. */
export function bucketObjects(bucket: R2Bucket): Objects {
  return {
    put: async (key, bytes) => void (await bucket.put(key, bytes)),
    async get(key) {
      const found = await bucket.get(key);
      return found === null ? null : new Uint8Array(await found.arrayBuffer());
    },
    delete: (key) => bucket.delete(key),
  };
}
