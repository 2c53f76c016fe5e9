import { describe, expect, test } from 'vitest';
import { holdsAt, type MuteTime } from '../../../model/alertmanager/muteTimes.ts';

describe('mute times', () => {
  const always = { location: 'UTC' } as const;
  const cases: [string, MuteTime, string, boolean][] = [
    [
      'the end of a stretch is not in it',
      [{ ...always, times: [{ start: '00:00', end: '08:00' }] }],
      '2026-03-02T08:00:00Z',
      false,
    ],
    ['the minute before is', [{ ...always, times: [{ start: '00:00', end: '08:00' }] }], '2026-03-02T07:59:59Z', true],
    [
      '24:00 is the end of the day',
      [{ ...always, times: [{ start: '18:00', end: '24:00' }] }],
      '2026-03-02T23:59:00Z',
      true,
    ],
    [
      'its own time zone counts',
      [{ location: 'Europe/Berlin', times: [{ start: '09:00', end: '10:00' }] }],
      '2026-07-01T07:30:00Z',
      true,
    ],
    [
      'in winter too',
      [{ location: 'Europe/Berlin', times: [{ start: '09:00', end: '10:00' }] }],
      '2026-01-05T07:30:00Z',
      false,
    ],
    ['weekdays', [{ ...always, weekdays: ['saturday', 'sunday'] }], '2026-03-01T12:00:00Z', true],
    ['the weekday of the zone', [{ location: 'Asia/Tokyo', weekdays: ['monday'] }], '2026-03-01T16:00:00Z', true],
    [
      'both must hold',
      [{ ...always, weekdays: ['monday'], times: [{ start: '00:00', end: '01:00' }] }],
      '2026-03-01T00:30:00Z',
      false,
    ],
    [
      'either interval suffices',
      [
        { ...always, weekdays: ['monday'] },
        { ...always, weekdays: ['sunday'] },
      ],
      '2026-03-01T00:30:00Z',
      true,
    ],
    ['days from the end of the month', [{ ...always, daysOfMonth: ['-1'] }], '2028-02-29T00:00:00Z', true],
    ['a range of them', [{ ...always, daysOfMonth: ['-3:-2'] }], '2026-02-26T00:00:00Z', true],
    ['a range that the month is too short for', [{ ...always, daysOfMonth: ['28:31'] }], '2026-02-28T00:00:00Z', true],
    ['months by name', [{ ...always, months: ['november:december'] }], '2026-12-24T00:00:00Z', true],
    ['months by number', [{ ...always, months: ['3'] }], '2026-04-01T00:00:00Z', false],
  ];
  test.each(cases)('%s', (_, muteTime, at, holds) => {
    expect(holdsAt(muteTime, new Date(at))).toBe(holds);
  });
});
