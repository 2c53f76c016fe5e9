/** Times of the day, the week and the year at which a route stays silent, as strict as Alertmanager is. */
import { z } from 'zod';
import { strict } from './fields.ts';

const weekday = z.enum(['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']);
const clock = z
  .string()
  .regex(
    /^(?:([01]\d|2[0-3]):[0-5]\d|24:00)$/,
    'must be a time of day in quotes, such as "09:30", and at most "24:00"',
  );
const timeOfDay = strict({ start: clock, end: clock }).refine(
  ({ start, end }) => start < end,
  'must start before it ends; what goes over midnight is two: until "24:00", and from "00:00" on',
);

const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];

const month = z
  .string()
  .refine(
    (text) => isRange(text, (part) => (/^(?:[1-9]|1[0-2])$/.test(part) ? Number(part) : MONTHS.indexOf(part) + 1)),
    'must be a month or a range of months, such as december, 3 or june:august',
  );

/** Negative days count from the end of the month. */
const dayOfMonth = z
  .string()
  .refine(
    (text) => isRange(text, (part) => (/^-?(?:[1-9]|[12]\d|3[01])$/.test(part) ? Number(part) : 0)),
    'must be a day or a range of days, such as 1, 1:5 or -3:-1 (the last three)',
  );

/** `a` or `a:b` of numbers other than 0, in order also in the shortest month, of 28 days: Alertmanager refuses others. */
function isRange(text: string, read: (part: string) => number): boolean {
  const [from = 0, to = from, ...more] = text.split(':').map(read);
  if (from === 0 || to === 0 || more.length > 0) return false;
  if (from < 0 && to > 0) return false;
  return from <= (from > 0 && to < 0 ? to + 28 : to);
}

const location = z.string().refine(isTimeZone, 'must be a time zone of the IANA, such as Europe/Berlin');

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return !/^[+-]/.test(name);
  } catch {
    return false;
  }
}

/** All parts of one interval must hold; any interval suffices. */
export const muteTime = z
  .array(
    strict({
      weekdays: z.array(weekday).min(1).optional(),
      times: z.array(timeOfDay).min(1).optional(),
      daysOfMonth: z.array(dayOfMonth).min(1).optional(),
      months: z.array(month).min(1).optional(),
      location: location.default('UTC').describe('IANA time zone'),
    }),
  )
  .min(1);
export type MuteTime = z.infer<typeof muteTime>;
