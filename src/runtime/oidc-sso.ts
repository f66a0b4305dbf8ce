/**
 * Sign-in by OpenID Connect through openid-client: code flow with PKCE, state and nonce. Every request goes through our transport, so that it has a deadline
 * and a limit like any other. What must be at hand when the browser comes back travels with it, sealed, and holds for ten minutes.
 */
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  type Configuration,
} from 'openid-client';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Sso } from '../ports/sso.ts';
import type { Transport } from '../ports/transport.ts';
import type { Vault } from '../ports/vault.ts';

export interface OidcSettings {
  /** The provider, where its `.well-known/openid-configuration` is. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** For the button. */
  readonly name: string;
}

interface OidcDeps {
  readonly transport: Transport;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly log: Log;
  readonly publicUrl: string;
  /** Sandbox and tests alone: a provider without TLS. */
  readonly allowHttp: boolean;
}

interface Kept {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly atMs: number;
}

const CALLBACK = '/console/sso/callback';
const HOLDS_MS = 10 * 60_000;
const TIMEOUT_MS = 5_000;
const MOST_BYTES = 512 * 1_024;
/** How long what the provider told of itself, its keys too, is taken as it was. */
const FRESH_MS = 3_600_000;
const PLACE = 'sso/kept';

export function oidcSso(settings: OidcSettings, deps: OidcDeps): Sso {
  const { vault, clock, log } = deps;
  let known: { readonly config: Configuration; readonly atMs: number } | null = null;

  async function provider(): Promise<Configuration> {
    const nowMs = clock.nowMs();
    if (known === null || nowMs - known.atMs >= FRESH_MS) known = { config: await discover(settings, deps), atMs: nowMs };
    return known.config;
  }

  return {
    name: settings.name,
    async begin() {
      try {
        const config = await provider();
        const kept: Kept = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier(), atMs: clock.nowMs() };
        const url = buildAuthorizationUrl(config, {
          redirect_uri: `${deps.publicUrl}${CALLBACK}`,
          scope: 'openid email',
          state: kept.state,
          nonce: kept.nonce,
          code_challenge: await calculatePKCECodeChallenge(kept.verifier),
          code_challenge_method: 'S256',
        });
        return { url: url.href, kept: Buffer.from(vault.serviceKey.seal(PLACE, JSON.stringify(kept))).toString('base64url') };
      } catch (error) {
        log.warn('sso.unavailable', { error: codeOf(error) });
        return null;
      }
    },
    async finish(search, sealed) {
      const kept = opened(vault, sealed);
      if (kept === null || clock.nowMs() - kept.atMs >= HOLDS_MS) return null;
      try {
        // As the provider was told where to send it: a proxy may have changed what we see.
        const back = new URL(`${deps.publicUrl}${CALLBACK}${search}`);
        const checks = { expectedState: kept.state, expectedNonce: kept.nonce, pkceCodeVerifier: kept.verifier, idTokenExpected: true };
        const claims = (await authorizationCodeGrant(await provider(), back, checks)).claims();
        const email = claims?.['email'];
        return typeof email === 'string' && claims?.['email_verified'] === true ? { email } : null;
      } catch (error) {
        log.warn('sso.refused', { error: codeOf(error) });
        return null;
      }
    },
  };
}

function discover({ issuer, clientId, clientSecret }: OidcSettings, { transport, allowHttp }: OidcDeps): Promise<Configuration> {
  return discovery(new URL(issuer), clientId, clientSecret, undefined, {
    [customFetch]: (url, init) => fetchBy(transport, url, init),
    timeout: TIMEOUT_MS / 1_000,
    // By TLS alone it would be enough; the signature does not hang on our being right about that.
    execute: [enableNonRepudiationChecks, ...(allowHttp ? [allowInsecureRequests] : [])],
  });
}

/** A fetch of the few things the library asks, over the transport. */
async function fetchBy(
  transport: Transport,
  url: string,
  init: { readonly method: string; readonly headers: Record<string, string>; readonly body?: unknown },
): Promise<Response> {
  const { body = null } = init;
  const outcome = await transport.send(
    { method: init.method as 'GET', url, headers: init.headers, body: body === null || body instanceof Uint8Array ? body : String(body as string) },
    { timeoutMs: TIMEOUT_MS, maxBodyBytes: MOST_BYTES, target: 'trusted' },
  );
  if (outcome.kind !== 'response') throw new TypeError(`the provider cannot be reached: ${outcome.why}`);
  const { status, headers, body: bytes } = outcome.response;
  return new Response(bytes.length === 0 ? null : (bytes as BodyInit), { status, headers });
}

function opened(vault: Vault, sealed: string): Kept | null {
  try {
    return JSON.parse(new TextDecoder().decode(vault.serviceKey.open(PLACE, Buffer.from(sealed, 'base64url')))) as Kept;
  } catch {
    return null;
  }
}

/** The library's own word for what was wrong. Its messages may quote what was sent. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
