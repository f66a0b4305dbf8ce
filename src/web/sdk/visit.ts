/** Where a visitor came from: read at the first page of a visit, brought along with the application that may come pages later. */
import { token } from '../shared/random.ts';
import { cameFrom, type CameFrom } from '../shared/visit.ts';
import { place } from './kept.ts';

export interface Visit extends CameFrom {
  readonly variant?: string;
  readonly device_id: string;
}

export function readVisit(variant?: string): Visit {
  const first = place('millrace.visit', 'sessionStorage');
  const device = place('millrace.device');
  const here = cameFrom();
  // A new tagged address is a new visit; a page without tags belongs to the one before.
  const tagged = here.utm !== undefined || here.click_id !== undefined;
  const visit = (tagged ? null : (first.read() as CameFrom | null)) ?? here;
  first.write(visit);
  const deviceId = (device.read() as string | null) ?? `web-${token(12)}`;
  device.write(deviceId);
  return { ...visit, device_id: deviceId, ...(variant === undefined ? {} : { variant }) };
}
