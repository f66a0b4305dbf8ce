/** Calls the borrower API as a channel's server would: by its secret key, over HTTP, telling problems from replies. */

export interface View {
  readonly id: string;
  readonly status: string;
  readonly reasons: readonly { readonly code: string }[];
  readonly needs: readonly Need[];
  readonly attempts: readonly {
    readonly funder: FunderName;
    readonly status: string;
    readonly at: string;
    readonly reason?: { readonly code: string };
  }[];
  readonly offers: readonly Offer[];
  readonly loan?: { readonly status: string; readonly amount_fen: number };
  readonly created_at: string;
}
export interface FunderName {
  readonly id: string;
  readonly name: string;
}
export interface Offer {
  readonly id: string;
  readonly funder: FunderName;
  readonly status: string;
  readonly amount_fen: number;
  readonly all_in_apr_bps: number;
}
export interface Need {
  readonly kind: string;
  readonly kinds?: readonly ('id_front' | 'id_back')[];
  readonly recipients?: readonly { readonly recipient: string; readonly purpose: string; readonly text_version: string }[];
}

/** A reply that was no problem. */
export interface Good {
  readonly ok: true;
  readonly status: number;
  readonly body: unknown;
}
export interface Refusal {
  readonly ok: false;
  readonly status: number;
  readonly code: string;
  /** Codes of the single faults. */
  readonly faults: readonly string[];
}

export interface Client {
  readonly url: string;
  call(method: 'GET' | 'POST' | 'PATCH', path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Good | Refusal>;
  /** Uploads an ID photo and gives the document's id and whether it is good. */
  upload(kind: 'id_front' | 'id_back', jpeg: Uint8Array): Promise<{ readonly id: string; readonly ok: boolean }>;
}

/** Waits before a call that was shed or limited is made again, in milliseconds; then it is given up. */
const PATIENCE_MS = [300, 1_000, 2_000, 4_000] as const;
/** Half seconds that a server may take to start. */
const START_TRIES = 40;

export function createClient(url: string, key: string): Client {
  const authorization = `Bearer ${key}`;

  async function send(path: string, init: RequestInit): Promise<Good | Refusal> {
    for (const [tries, waitMs] of [...PATIENCE_MS, 0].entries()) {
      const response = await fetchAgain(`${url}${path}`, { ...init, headers: { authorization, ...(init.headers as Record<string, string>) } });
      const text = await response.text();
      const body: unknown = text === '' ? null : JSON.parse(text);
      if (response.ok) return { ok: true, status: response.status, body };
      if ((response.status === 503 || response.status === 429) && tries < PATIENCE_MS.length) await pause(waitMs);
      else return refusal(response.status, body);
    }
    throw new Error('unreachable: the last try always answers');
  }

  return {
    url,
    call: (method, path, body, headers = {}) =>
      send(path, {
        method,
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    async upload(kind, jpeg) {
      const form = new FormData();
      form.set('kind', kind);
      form.set('file', new Blob([jpeg as BlobPart], { type: 'image/jpeg' }), `${kind}.jpg`);
      const reply = await send('/v1/documents', { method: 'POST', body: form });
      if (!reply.ok) throw new Error(`a photo was refused with ${reply.status} ${reply.code}`);
      const { id, quality } = reply.body as { id: string; quality: { ok: boolean } };
      return { id, ok: quality.ok };
    },
  };
}

/** Once more when the connection breaks: a server may close one that was idle in the moment in which it is used again. */
export async function fetchAgain(url: string, init: RequestInit): Promise<Response> {
  return fetch(url, init).catch(async (error: unknown) => {
    if ((error as { cause?: { code?: string } }).cause?.code !== 'ECONNRESET') throw error;
    await pause(PATIENCE_MS[0]);
    return fetch(url, init);
  });
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export interface TestKeys {
  readonly publishable: string;
  readonly secret: string;
  readonly operator: string;
  readonly approver: string;
  /** Links into the console. */
  readonly console: { readonly operator: string; readonly approver: string };
}

/** The sandbox keys of a running server. Throws with what to do when there is none, or it is not in sandbox mode. */
export async function sandboxKeysOf(url: string): Promise<TestKeys> {
  const ask = (): Promise<Response | null> => fetch(`${url}/v1/sandbox/keys`).catch(() => null);
  let response = await ask();
  // It listens before it is ready.
  for (let tries = 0; response?.status === 503 && tries < START_TRIES; tries += 1) {
    await pause(500);
    response = await ask();
  }
  if (response === null) throw new Error(`nothing answers at ${url}; start a server with "npm start", or leave out --url`);
  if (response.status === 404) throw new Error(`the server at ${url} is not in sandbox mode: it tells nobody its keys`);
  if (!response.ok) throw new Error(`${url} answers ${response.status} when asked for its sandbox keys`);
  return (await response.json()) as TestKeys;
}

function refusal(status: number, body: unknown): Refusal {
  const { code = 'unknown', errors = [] } = (body ?? {}) as { code?: string; errors?: { code: string }[] };
  return { ok: false, status, code, faults: errors.map((error) => error.code) };
}
