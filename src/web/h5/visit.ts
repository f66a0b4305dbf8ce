/** This visit, told once, with the application. */
import { cameFrom } from '../shared/visit.ts';
import { visitor } from './kept.ts';

/** `/apply/h5-demo` -> `h5-demo`. */
export function channelOf(path: string): string {
  return /^\/apply\/([a-z0-9][a-z0-9_-]{0,39})\/?$/.exec(path)?.[1] ?? 'h5-demo';
}

/** The variant that an operator's link asks to look at: such a visit counts for nobody. */
export function previewOf(query: string): string | null {
  return new URLSearchParams(query).get('preview');
}

export function visitOf(channel: string, variant: string | null): object {
  return { channel, ...(variant === null ? {} : { variant }), ...cameFrom(), device_id: visitor() };
}
