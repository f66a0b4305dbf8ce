/** The arithmetic as tables of docs/scaling.md. Pure. */
import { ASSUMED, type Assumptions, type Need, type Reached } from './arithmetic.ts';
import { table } from './figures.ts';
import { PRICES } from './prices.ts';

export function needsTable(needs: readonly Need[]): string {
  const line = (words: string, of: (need: Need) => string): string[] => [words, ...needs.map(of)];
  const usd = (words: string, name: keyof Need['month_usd']): string[] => line(words, ({ month_usd: month }) => `$${count(month[name])}`);
  return table(
    ['Applications a day', ...needs.map(({ per_day: perDay }) => count(perDay))],
    [
      line('at the peak, a second', ({ peak_per_s: perS }) => count(perS)),
      line('cells for speed / requests / storage', ({ cells }) => [cells.by_speed, cells.by_requests, cells.by_storage].map(count).join(' / ')),
      line('**cells**', ({ cells }) => `**${count(cells.taken)}**`),
      line('a cell holds, after the time kept', ({ cell_bytes: bytes }) => `${(bytes / 1e9).toFixed(1)} GB`),
      line('requests to the Worker, a day', ({ day }) => count(day.worker_requests)),
      line('requests to objects, alarms among them', ({ day }) => `${count(day.object_requests)}, ${count(day.alarms)}`),
      line('rows read / written, a day', ({ day }) => `${count(day.rows_read)} / ${count(day.rows_written)}`),
      line('duration, GB-s a day', ({ day }) => count(day.gb_s)),
      line(
        'events to the desk at the peak, a second; of what one takes',
        ({ desk }) => `${count(desk.events_per_s)}; ${(desk.filling * 100).toFixed(0)} %`,
      ),
      line('cells that ask the desk, requests a second', ({ desk }) => count(desk.requests_per_s)),
      line('the desk holds, after the time kept', ({ desk }) => `${(desk.bytes / 1e9).toFixed(1)} GB`),
      usd('Workers, a month', 'worker'),
      usd('requests to objects', 'object_requests'),
      usd('duration', 'duration'),
      usd('rows', 'rows'),
      usd('storage of objects', 'storage'),
      usd('photos in R2', 'photos'),
      usd('**all, a month**', 'all'),
      line('one application', ({ cents_each: cents }) => `${cents.toFixed(3)} cents`),
    ],
  );
}

export function limitsTable(limits: readonly Reached[]): string {
  return table(
    ['Limit', 'reached at, applications a day'],
    limits.map(({ limit, per_day: perDay }) => [limit, count(perDay)]),
  );
}

/** Three digits that count. */
function count(value: number): string {
  if (value < 10 && !Number.isInteger(value)) return value.toFixed(1);
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 2);
  return (Math.round(value / unit) * unit).toLocaleString('en');
}

/** What the arithmetic takes for given. */
export function assumedTable({
  peak,
  filling,
  keep_days: keepDays,
  desk_event_days: eventDays,
  desk_lasting: lasting,
  requests,
  journey,
  photos,
  photo_bytes: photoBytes,
  desk_asks_per_s: asks,
}: Assumptions = ASSUMED): string {
  return table(
    ['Assumed', ''],
    [
      ['the busiest seconds against the mean of a day', `${peak}x`],
      ['how full a cell and the desk may be then', `${filling * 100} %`],
      ['an application and its events stay for', `${keepDays} days`],
      ['its events at the desk for', `${eventDays} days`],
      ['of what it leaves at the desk, what is no event', `${(lasting * 100).toFixed(1)} %`],
      ['requests of a borrower and of funders for one application', String(requests)],
      ['rows and bytes of a whole way, against those of the benchmark', `${journey}x`],
      ['photos of an application', `${photos} of ${photoBytes / 1_000} kB`],
      ['requests of each cell to the desk for itself, a second', String(asks)],
      ['prices and limits, as read on', PRICES.read_on],
    ],
  );
}
