/** Whether a mute time holds at a moment, by the rules of Alertmanager's time intervals. A test asks a real one. */
import type { AlertmanagerSettings } from './types.ts';

export type MuteTime = AlertmanagerSettings['muteTimes'][string];
type Interval = MuteTime[number];

/** Any of its intervals suffices. */
export function holdsAt(muteTime: MuteTime, at: Date): boolean {
  return muteTime.some((interval) => intervalHolds(interval, at));
}

interface Moment {
  /** Of the day. */
  readonly minutes: number;
  /** 0: Sunday. */
  readonly weekday: number;
  readonly day: number;
  readonly daysInMonth: number;
  /** 1: January. */
  readonly month: number;
}

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const MONTHS = [
  ...['january', 'february', 'march', 'april', 'may', 'june', 'july'],
  ...['august', 'september', 'october', 'november', 'december'],
];

/** All that it says must hold. */
function intervalHolds({ times, weekdays, daysOfMonth, months, location }: Interval, at: Date): boolean {
  const now = momentOf(at, location);
  return (
    (times?.some(({ start, end }) => now.minutes >= minutesOf(start) && now.minutes < minutesOf(end)) ?? true) &&
    (weekdays?.some((day) => WEEKDAYS.indexOf(day) === now.weekday) ?? true) &&
    (daysOfMonth?.some((range) => inDays(range, now)) ?? true) &&
    (months?.some((range) => inMonths(range, now.month)) ?? true)
  );
}

function momentOf(at: Date, timeZone: string): Moment {
  const format = new Intl.DateTimeFormat('en-GB', {
    ...({ timeZone, hourCycle: 'h23', hour: 'numeric', minute: 'numeric' } as const),
    ...({ year: 'numeric', month: 'numeric', day: 'numeric' } as const),
  });
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  const [year, month, day] = [part('year'), part('month'), part('day')];
  return {
    minutes: part('hour') * 60 + part('minute'),
    weekday: new Date(Date.UTC(year, month - 1, day)).getUTCDay(),
    day,
    daysInMonth: new Date(Date.UTC(year, month, 0)).getUTCDate(),
    month,
  };
}

function minutesOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return hours * 60 + minutes;
}

/** `5`, `1:7`, `-3:-1`: a negative day counts from the end of the month. */
function inDays(range: string, { day, daysInMonth }: Moment): boolean {
  const [from = 0, to = from] = range.split(':').map(Number);
  const resolve = (given: number) => (given < 0 ? daysInMonth + given + 1 : given);
  // In a month that is too short for the range's end, the range ends with the month.
  return day >= Math.max(1, resolve(from)) && day <= Math.min(daysInMonth, resolve(to));
}

/** `3`, `march`, `november:december` */
function inMonths(range: string, month: number): boolean {
  const numbers = range.split(':').map((text) => {
    const index = MONTHS.indexOf(text.toLowerCase());
    return index < 0 ? Number(text) : index + 1;
  });
  const [from = 0, to = from] = numbers;
  return month >= from && month <= to;
}
