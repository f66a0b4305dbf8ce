/** What a new funder is made from, and the checks on it. */

export const SHAPES = ['direct', 'half_precheck_link', 'half_submit_link', 'ping_post'] as const;
export type Shape = (typeof SHAPES)[number];
/** Shapes that are more than one order and its state: nothing generated would be near enough. */
export const BY_HAND: Readonly<Record<string, string>> = { full: 'maple-full', joint_login: 'plum-login', rate_table: 'heron-rates' };

export interface Choices {
  /** Name of the protocol: folder and manifest. */
  readonly id: string;
  readonly title: string;
  readonly shape: Shape;
  readonly legalEntity: string;
  readonly coded: boolean;
}

/** What is wrong with an answer, or undefined. */
export function faultOf(name: 'id' | 'title' | 'shape' | 'legal-entity', value: string | undefined): string | undefined {
  const text = (value ?? '').trim();
  switch (name) {
    case 'id':
      if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(text) || text.length > 32)
        return 'lower-case words joined by -, at most 32 letters, as "wren-json"';
      return ['kit', 'declared', 'manifests'].includes(text) ? `${text} is a folder of its own` : undefined;
    case 'title':
      return /^[^'"\\`\n$*]{1,80}$/u.test(text) ? undefined : '1 to 80 characters, without quotes';
    case 'legal-entity':
      return text.length >= 1 && text.length <= 120 ? undefined : 'the registered name of the company that receives the data, at most 120 characters';
    case 'shape':
      if (Object.hasOwn(BY_HAND, text)) return `${text} is written by hand: read adapters/${BY_HAND[text]}`;
      return (SHAPES as readonly string[]).includes(text) ? undefined : `one of ${SHAPES.join(', ')}`;
  }
}

/** wren-json -> wrenJson. */
export function camel(id: string): string {
  return id.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** wren-json -> fnd_wren_json. */
export function funderIdOf(id: string): string {
  return `fnd_${id.replaceAll('-', '_')}`;
}
