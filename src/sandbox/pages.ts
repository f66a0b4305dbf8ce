/**
 * The funder's own pages, where a borrower agrees or signs. A link carries a random token and nothing of a person. A lasting link serves as
 * long as the order waits; a one-time link is opened once within a minute and leads to a form with a token of its own.
 */
import { randomBytes } from 'node:crypto';
import type { WireReply } from './protocols/wire.ts';

const PAGE_PATH = '/h5/';
const ONE_TIME_MS = 60_000;
/** From opening the page to the button. */
const FORM_MS = 30 * 60_000;
const MAX_LINKS = 20_000;

export type PageAct = 'agree' | 'refuse';
interface Link {
  readonly ref: string;
  readonly oneTime: boolean;
  readonly expiresAtMs: number | null;
}

export class Pages {
  readonly #links = new Map<string, Link>();
  readonly #baseUrl: () => string;
  /** Shows what waits for the borrower at this order; null when nothing does. */
  readonly #titleOf: (ref: string) => string | null;
  readonly #act: (ref: string, act: PageAct) => void;

  constructor(baseUrl: () => string, titleOf: (ref: string) => string | null, act: (ref: string, act: PageAct) => void) {
    this.#baseUrl = baseUrl;
    this.#titleOf = titleOf;
    this.#act = act;
  }

  lasting(ref: string): string {
    return this.#link({ ref, oneTime: false, expiresAtMs: null });
  }

  oneTime(ref: string, nowMs: number): { readonly url: string; readonly expiresAtMs: number } {
    const expiresAtMs = nowMs + ONE_TIME_MS;
    return { url: this.#link({ ref, oneTime: true, expiresAtMs }), expiresAtMs };
  }

  /** Answers a browser; null for a path that is no page. */
  answer(method: string, target: string, body: Uint8Array, nowMs: number): WireReply | null {
    const path = target.split('?')[0]!;
    if (!path.startsWith(PAGE_PATH)) return null;
    const token = path.slice(PAGE_PATH.length);
    const link = this.#links.get(token);
    if (link === undefined || (link.expiresAtMs !== null && nowMs >= link.expiresAtMs)) return page(410, '链接已失效', '请返回原页面重新进入。');
    if (method === 'GET') return this.#show(token, link, nowMs);
    if (method !== 'POST' || link.oneTime) return page(405, '无法处理', '请返回原页面重新进入。');
    if (this.#titleOf(link.ref) === null) return page(200, '无需操作', '您已完成本步骤。');
    const act = new URLSearchParams(new TextDecoder().decode(body)).get('agree') === 'no' ? 'refuse' : 'agree';
    this.#act(link.ref, act);
    return page(200, act === 'agree' ? '已完成' : '已取消', '您可以关闭本页。');
  }

  #show(token: string, link: Link, nowMs: number): WireReply {
    if (link.oneTime) this.#links.delete(token);
    const title = this.#titleOf(link.ref);
    if (title === null) return page(200, '无需操作', '您已完成本步骤。');
    const action = link.oneTime ? this.#add({ ...link, oneTime: false, expiresAtMs: nowMs + FORM_MS }) : token;
    const button = (value: string, label: string): string => `<button name="agree" value="${value}">${label}</button>`;
    return page(200, title, `<form method="post" action="${PAGE_PATH}${action}">${button('yes', '同意并继续')}${button('no', '不同意')}</form>`);
  }

  #link(link: Link): string {
    return `${this.#baseUrl()}${PAGE_PATH}${this.#add(link)}`;
  }

  #add(link: Link): string {
    const token = randomBytes(16).toString('hex');
    this.#links.set(token, link);
    if (this.#links.size > MAX_LINKS) this.#links.delete(this.#links.keys().next().value!);
    return token;
  }
}

function page(status: number, title: string, content: string): WireReply {
  const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${title}</title>`;
  return {
    status,
    contentType: 'text/html; charset=utf-8',
    body: `<!doctype html><html lang="zh-CN"><head>${head}</head><body><h1>${title}</h1><div>${content}</div><p>模拟资金方，仅供测试。</p></body></html>`,
    headers: { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' },
  };
}
