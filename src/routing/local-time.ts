/** Date and hour on the wall of a time zone. */
export interface LocalTime {
  /** `YYYY-MM-DD`, so that dates compare as text. */
  readonly date: string;
  /** 0 to 23. */
  readonly hour: number;
}

interface Zone {
  readonly format: Intl.DateTimeFormat | null;
  quarter: number;
  local: LocalTime | null;
}

const QUARTER_MS = 900_000;
const SHANGHAI = 'Asia/Shanghai';
const SHANGHAI_OFFSET_MS = 8 * 3_600_000;
const zones = new Map<string, Zone>();

/** The local time of an instant, or null when there is no such zone. Remembers the last quarter of an hour per zone: offsets are multiples of it. */
export function localTime(nowMs: number, timeZone: string): LocalTime | null {
  let zone = zones.get(timeZone);
  if (zone === undefined) {
    zone = { format: formatOf(timeZone), quarter: Number.NaN, local: null };
    zones.set(timeZone, zone);
  }
  const quarter = Math.floor(nowMs / QUARTER_MS);
  if (zone.quarter !== quarter) {
    zone.quarter = quarter;
    zone.local = timeZone === SHANGHAI ? shanghai(nowMs) : formatted(nowMs, zone.format);
  }
  return zone.local;
}

function shanghai(nowMs: number): LocalTime {
  const text = new Date(nowMs + SHANGHAI_OFFSET_MS).toISOString();
  return { date: text.slice(0, 10), hour: Number(text.slice(11, 13)) };
}

function formatOf(timeZone: string): Intl.DateTimeFormat | null {
  if (timeZone === SHANGHAI) return null;
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
    });
  } catch {
    return null;
  }
}

function formatted(nowMs: number, format: Intl.DateTimeFormat | null): LocalTime | null {
  if (format === null) return null;
  const part: Record<string, string> = {};
  for (const { type, value } of format.formatToParts(nowMs)) part[type] = value;
  return { date: `${part['year']!.padStart(4, '0')}-${part['month']}-${part['day']}`, hour: Number(part['hour']) };
}
