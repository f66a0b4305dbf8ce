/** Where a visitor came from: read at the first page of a visit, brought along with the application that may come pages later. */
import { place, token } from './kept.ts';

export interface Visit {
  readonly utm: Readonly<Record<string, string>>;
  readonly click_id?: string;
  readonly variant?: string;
  readonly device_id: string;
  readonly landing_page: string;
}

/** What advertising platforms call the id of a click. */
const CLICK_IDS = ['click_id', 'clickid', 'bd_vid', 'qz_gdt', 'gdt_vid', 'gclid', 'callback'];
const MOST_UTM = 20;
const LONGEST = 200;

export function readVisit(variant?: string): Visit {
  const first = place('millrace.visit', 'sessionStorage');
  const device = place('millrace.device');
  const query = new URLSearchParams(location.search);
  const utm: Record<string, string> = {};
  query.forEach((value, name) => {
    if (/^utm_\w{1,30}$/.test(name) && Object.keys(utm).length < MOST_UTM) utm[name.slice(4)] = value.slice(0, LONGEST);
  });
  const clickId = CLICK_IDS.map((name) => query.get(name)).find((value) => value !== null && value !== '') ?? undefined;
  const known = first.read() as Omit<Visit, 'device_id' | 'variant'> | null;
  const tagged = Object.keys(utm).length > 0 || clickId !== undefined;
  // A new tagged address is a new visit; a page without tags belongs to the one before.
  const visit =
    known !== null && !tagged
      ? known
      : {
          utm,
          landing_page: (location.origin + location.pathname).slice(0, 500),
          ...(clickId === undefined ? {} : { click_id: clickId.slice(0, LONGEST) }),
        };
  first.write(visit);
  const deviceId = (device.read() as string | null) ?? `web-${token(12)}`;
  device.write(deviceId);
  return { ...visit, device_id: deviceId, ...(variant === undefined ? {} : { variant }) };
}
