/** How tests call the service, whichever way it runs: what a call is as a request, and what came back. */

export interface Call {
  readonly key?: string;
  readonly json?: unknown;
  readonly body?: string | Uint8Array | FormData;
  readonly headers?: Readonly<Record<string, string>>;
}
/** A reply, its JSON already read (null when it has none). */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // Tests look into replies of many shapes; a wrong path fails the test.
  readonly json: JsonValue;
}
export type JsonValue = { readonly [name: string]: JsonValue } & readonly JsonValue[] & string & number & boolean & null;

export function initOf(method: string, { key, json, body, headers }: Call): RequestInit {
  return {
    method,
    redirect: 'manual',
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      'accept-language': 'en',
      ...headers,
    },
    ...(json === undefined ? (body === undefined ? {} : { body: body as BodyInit }) : { body: JSON.stringify(json) }),
  };
}

export async function readReply(response: Response): Promise<Reply> {
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, text, json: (isJson ? JSON.parse(text) : null) as JsonValue };
}
