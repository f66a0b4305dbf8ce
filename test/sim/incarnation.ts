/**
 * One life of the service: the real wiring over simulated ports. It can die at any touch of the world (before or after a commit, before or after a
 * message leaves, when a timer is set); from then on nothing it still does in memory reaches anything: its commits are refused, its messages
 * and timers hang, its replies find nobody.
 */
import { createApp } from '../../src/http/app.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { LogFields } from '../../src/ports/log.ts';
import type { Objects } from '../../src/ports/objects.ts';
import type { OutboundRequest, SendOutcome } from '../../src/ports/transport.ts';
import type { Vault } from '../../src/ports/vault.ts';
import { createService, type Service } from '../../src/runtime/instance.ts';
import type { SimDatabase } from './database.ts';
import type { Dice } from './dice.ts';
import type { Reply } from './network.ts';
import { simAdapters } from './adapters.ts';
import { PUBLIC_URL } from './setting.ts';
import type { Owner, Timeline } from './timeline.ts';

export interface Ground {
  readonly timeline: Timeline;
  readonly dice: Dice;
  readonly database: SimDatabase;
  readonly vault: Vault;
  readonly objects: Objects;
  readonly send: (owner: Incarnation, request: OutboundRequest, timeoutMs: number) => Promise<SendOutcome>;
  readonly log: (level: string, event: string, fields: LogFields) => void;
  /** Called at the very touch at which it dies. */
  readonly died: (incarnation: Incarnation) => void;
  /** A test's own fault, put into the wiring. */
  readonly sabotage?: ((service: Service) => void) | undefined;
}

class Dead extends Error {
  override name = 'Dead';
}

export class Incarnation implements Owner {
  alive = true;
  readonly service: Service;
  readonly #ground: Ground;
  readonly #app: ReturnType<typeof createApp>;
  /** Touches of the world that are left to it. */
  #touches: number;

  constructor(ground: Ground, lifetime: number) {
    this.#ground = ground;
    this.#touches = lifetime;
    this.service = createService({
      cell: 0,
      mode: 'sandbox',
      publicUrl: PUBLIC_URL,
      clock: this.#clock(),
      random: ground.dice,
      db: ground.database.db,
      transact: (work) => this.#transact(work),
      vault: ground.vault,
      transport: { send: (request, { timeoutMs }) => this.#send(request, timeoutMs) },
      objects: ground.objects,
      adapters: simAdapters,
      scrub: () => undefined,
      images: { inspect: async (bytes) => ({ ok: true, problems: [], widthPx: 1_600, heightPx: 1_000, sharpness: 500, jpeg: bytes }) },
      messages: { sendCode: async () => 'taken' },
      log: {
        info: (...said) => this.#log('info', ...said),
        warn: (...said) => this.#log('warn', ...said),
        error: (...said) => this.#log('error', ...said),
      },
      onDiskFailure: (error) => {
        throw error;
      },
    });
    ground.sabotage?.(this.service);
    this.#app = createApp({
      deps: this.service.deps,
      clientIp: () => '203.0.113.7',
      maxInFlight: 1_000,
      busy: this.service.busy,
      sandboxKeys: null,
      reloadDesk: () => this.service.desk.reload(),
      metrics: null,
      metricsToken: null,
      pages: null,
      checkWebhookUrl: () => null,
    });
  }

  start(): void {
    this.service.start().catch(() => undefined);
  }

  die(): void {
    if (!this.alive) return;
    this.alive = false;
    this.#ground.died(this);
  }

  /** It shall live for ever. */
  spare(): void {
    this.#touches = Number.POSITIVE_INFINITY;
  }

  /** Serves one request; null when it died over it. */
  async handle(request: Request): Promise<Reply | null> {
    if (!this.#touch()) return null;
    const response = await this.#app.fetch(request);
    const text = await response.text();
    return this.alive ? { status: response.status, headers: response.headers, text } : null;
  }

  /** One touch of the world; false when it is dead, or dies of it. */
  #touch(): boolean {
    if (!this.alive) return false;
    this.#touches -= 1;
    if (this.#touches <= 0) this.die();
    return this.alive;
  }

  #clock(): Clock {
    const { timeline, dice } = this.#ground;
    return {
      nowMs: () => timeline.nowMs,
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          if (!this.#touch()) return;
          if (signal?.aborted === true) return resolve();
          const cancel = timeline.after(ms, resolve, this);
          signal?.addEventListener(
            'abort',
            () => {
              cancel();
              resolve();
            },
            { once: true },
          );
        }),
      after: (ms, run) => (this.#touch() ? timeline.after(ms, run, this) : () => undefined),
      // The disk takes its time: others get their turn between a closure's arrival and its commit.
      defer: (run) => {
        if (this.#touch()) timeline.after(dice.int(4), run, this);
      },
    };
  }

  #transact(work: () => void): void {
    if (!this.#touch()) throw new Dead();
    this.#ground.database.transact(work);
    // Dying here, it has committed and tells nobody.
    this.#touch();
  }

  async #send(request: OutboundRequest, timeoutMs: number): Promise<SendOutcome> {
    if (!this.#touch()) return new Promise(() => undefined);
    const outcome = this.#ground.send(this, request, timeoutMs);
    return this.#touch() ? outcome : new Promise(() => undefined);
  }

  #log(level: string, event: string, fields: LogFields = {}): void {
    if (this.alive) this.#ground.log(level, event, fields);
  }
}
