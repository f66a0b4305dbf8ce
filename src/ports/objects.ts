/** A store of sealed byte strings by key (files on Node, R2 on Cloudflare). What goes in is already sealed. */
export interface Objects {
  put(key: string, bytes: Uint8Array): Promise<void>;
  get(key: string): Promise<Uint8Array | null>;
  delete(key: string): Promise<void>;
}
