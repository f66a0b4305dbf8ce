/** Where a visitor came from, as the address of the page says it and the service takes it. */

export interface CameFrom {
  readonly utm?: Readonly<Record<string, string>>;
  readonly click_id?: string;
  readonly landing_page: string;
}

/** What advertising platforms call the id of a click. */
const CLICK_IDS = ['click_id', 'clickid', 'bd_vid', 'qz_gdt', 'gdt_vid', 'gclid', 'callback', 'trackid'];
/** Of tags, of a tag's name without `utm_`, of a value and of an address: the service takes no more. */
const MOST_TAGS = 20;
const LONGEST_NAME = 40;
const LONGEST_VALUE = 200;
const LONGEST_ADDRESS = 500;

export function cameFrom(): CameFrom {
  const query = new URLSearchParams(location.search);
  const utm: Record<string, string> = {};
  query.forEach((value, name) => {
    if (name.startsWith('utm_') && Object.keys(utm).length < MOST_TAGS) utm[name.slice(4, 4 + LONGEST_NAME)] = value.slice(0, LONGEST_VALUE);
  });
  const clickId = CLICK_IDS.map((name) => query.get(name)).find((value) => value !== null && value !== '') ?? undefined;
  return {
    ...(Object.keys(utm).length === 0 ? {} : { utm }),
    ...(clickId === undefined ? {} : { click_id: clickId.slice(0, LONGEST_VALUE) }),
    landing_page: (location.origin + location.pathname).slice(0, LONGEST_ADDRESS),
  };
}
