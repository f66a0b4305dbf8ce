/** How a command reaches the desk of a running server: at its address, with an operator's key. */
import { createClient, sandboxKeysOf, type Client } from './demo/client.ts';
import { DEFAULT_URL } from './keys.ts';

export const deskArgs = {
  url: { type: 'string', default: DEFAULT_URL, description: 'Where the server is' },
  key: { type: 'string', description: 'An operator key (MILLRACE_OPERATOR_KEY says it as well); left out, the sandbox is asked for its own' },
  json: { type: 'boolean', default: false, description: 'As JSON' },
} as const;

export async function deskClient(args: { readonly url: string; readonly key?: string | undefined }): Promise<Client> {
  const url = args.url.replace(/\/+$/, '');
  return createClient(url, args.key ?? process.env['MILLRACE_OPERATOR_KEY'] ?? (await sandboxKeysOf(url)).operator);
}
