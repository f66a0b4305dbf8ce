/** Where this visit came from, as its address says; told once, with the application. */
import { visitor } from './kept.ts';

const CLICK_IDS = ['click_id', 'clickid', 'gclid', 'bd_vid', 'qz_gdt', 'gdt_vid', 'callback', 'trackid'];
const MOST = 200;

/** `/apply/h5-demo` -> `h5-demo`. */
export function channelOf(path: string): string {
  return /^\/apply\/([a-z0-9][a-z0-9_-]{0,39})\/?$/.exec(path)?.[1] ?? 'h5-demo';
}

/** The variant that an operator's link asks to look at: such a visit counts for nobody. */
export function previewOf(query: string): string | null {
  return new URLSearchParams(query).get('preview');
}

export function visitOf(channel: string, variant: string | null): object {
  const query = new URLSearchParams(location.search);
  const utm: Record<string, string> = {};
  query.forEach((value, name) => {
    if (name.startsWith('utm_') && Object.keys(utm).length < 20) utm[name.slice(4, 44)] = value.slice(0, MOST);
  });
  const clickId = CLICK_IDS.map((name) => query.get(name)).find((value) => value !== null && value !== '');
  return {
    channel,
    ...(variant === null ? {} : { variant }),
    ...(Object.keys(utm).length === 0 ? {} : { utm }),
    ...(clickId === null || clickId === undefined ? {} : { click_id: clickId.slice(0, MOST) }),
    device_id: visitor(),
    landing_page: `${location.origin}${location.pathname}`.slice(0, 500),
  };
}
