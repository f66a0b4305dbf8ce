/** The pictures of docs/how-routing-decides.md, in the page's order. */
import { svgOf } from './chart.ts';
import type { Picture } from './chart.ts';
import { dayPicture } from './day.ts';
import type { Figures } from './figures.ts';
import { noticePicture } from './notice.ts';
import { ordersPicture } from './orders.ts';
import { patiencePicture } from './patience.ts';
import { regretPicture } from './regret.ts';
import { reliabilityPicture } from './reliability.ts';

const PICTURES: readonly ((figures: Figures) => Picture)[] = [
  patiencePicture,
  ordersPicture,
  reliabilityPicture,
  regretPicture,
  dayPicture,
  noticePicture,
];

/** File name -> text; equal figures give equal bytes. */
export function drawAll(figures: Figures): ReadonlyMap<string, string> {
  return new Map(PICTURES.map((make) => make(figures)).map((picture) => [`${picture.name}.svg`, svgOf(picture)]));
}
