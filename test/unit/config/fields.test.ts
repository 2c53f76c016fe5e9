import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { muteTime } from '../../../config/calendar.ts';
import { bytes, duration, evmAddress, hostPort, name, url } from '../../../config/fields.ts';
import { regex } from '../../../config/regex.ts';

/** What is said of a value; nothing where it is taken. */
function fault(schema: z.ZodType, value: unknown): string | undefined {
  return schema.safeParse(value).error?.issues[0]?.message;
}
const takes = (schema: z.ZodType, value: unknown) => expect(fault(schema, value)).toBeUndefined();

describe('durations and amounts', () => {
  test('at the least that is allowed', () => {
    expect(duration({ min: 60 }).parse('1m')).toBe(60);
    expect(fault(duration({ min: 60 }), '59s')).toBe('must be at least 1m');
    expect(duration().parse('0s')).toBe(0);
    expect(bytes().parse('1B')).toBe(1);
  });

  test.each([
    [undefined, 'expected text such as 30s, not nothing'],
    [null, 'expected text such as 30s, not nothing'],
    [5, 'expected text such as 30s, not the number 5'],
    [true, 'expected text such as 30s, not the boolean true'],
    [[], 'expected text such as 30s, not a list'],
    [{}, 'expected text such as 30s, not an object'],
  ])('%j is no text', (value, message) => {
    expect(fault(duration(), value)).toBe(message);
  });
});

describe('targets', () => {
  test.each([
    '10.0.0.5:9464',
    'a:1',
    'a:65535',
    '[::1]:9000',
    '[2001:db8::1]:80',
    'geth-0.geth.svc.cluster.local:6060',
  ])('%s', (value) => {
    takes(hostPort, value);
  });

  test.each([
    'a',
    'a:',
    ':1',
    'a:0',
    'a:65536',
    'a:x',
    'http://a:1',
    'a:1/metrics',
    '::1:9000',
    '[::1]',
    'a b:1',
    'a:1 ',
  ])('"%s" is none', (value) => {
    expect(fault(hostPort, value)).toContain(`"${value}" is not host:port`);
  });
});

describe('URLs', () => {
  test('of the schemes that fit', () => {
    takes(url(), 'https://example.org/path?x=1');
    takes(url(['wss:']), 'wss://example.org');
    expect(fault(url(['wss:']), 'https://example.org')).toBe(
      '"https://example.org" is not a URL that starts with wss://',
    );
    expect(fault(url(), 'example.org')).toContain('is not a URL');
  });

  test.each(['https://me@example.org', 'https://:pass@example.org', 'https://me:pass@example.org'])(
    '%s holds a secret',
    (value) => {
      expect(fault(url(), value)).toBe('holds a user or password; put it under chainwatch:secrets');
    },
  );
});

describe('names', () => {
  test.each(['a', 'op-mainnet', 'a1', `a${'b'.repeat(39)}`])('%s', (value) => {
    takes(name, value);
  });

  test.each(['', 'A', '1a', '-a', 'a-', 'a_b', 'a.b', `a${'b'.repeat(40)}`])('"%s" is none', (value) => {
    expect(fault(name, value)).toBeDefined();
  });
});

describe('addresses', () => {
  // The examples of EIP-55.
  test.each([
    '0x52908400098527886E0F7030069857D2E4169EE7',
    '0xde709f2102306220921060314715629080e2fb77',
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
    '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359',
    '0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB',
    '0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb',
  ])('%s', (value) => {
    takes(evmAddress, value);
    takes(evmAddress, value.toLowerCase());
  });

  test('a wrong capital gives the right form', () => {
    expect(fault(evmAddress, '0x5aaeb6053F3E94C9b9A09f33669435E7Ef1BeAed')).toContain(
      'or it should be 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
    );
  });
});

describe('mute times', () => {
  const day = (value: string) => fault(muteTime, [{ daysOfMonth: [value] }]);
  const month = (value: string) => fault(muteTime, [{ months: [value] }]);
  const times = (start: string, end: string) => fault(muteTime, [{ times: [{ start, end }] }]);

  test.each(['1', '31', '-1', '-31', '1:5', '5:5', '-3:-1', '-1:-1', '5:-1', '27:-1', '1:-27'])(
    'the days %s',
    (value) => {
      expect(day(value)).toBeUndefined();
    },
  );

  test.each([
    '0',
    '32',
    '-32',
    '00',
    '5:3',
    '-1:-3',
    '-3:5',
    '-1:1',
    '0:5',
    '1:0',
    '1:2:3',
    '1:32',
    '3:-30',
    '31:-31',
    'x',
    '',
  ])('no days: "%s"', (value) => {
    expect(day(value)).toContain('must be a day or a range of days');
  });

  test.each(['january', 'december', '1', '12', 'june:august', '6:8', 'june:8', 'may:may'])('the months %s', (value) => {
    expect(month(value)).toBeUndefined();
  });

  test.each(['0', '13', 'jan', 'August:june', 'august:june', '8:6', ''])('no months: "%s"', (value) => {
    expect(month(value)).toContain('must be a month or a range of months');
  });

  test.each([
    ['00:00', '24:00'],
    ['09:30', '09:31'],
    ['23:59', '24:00'],
  ])('from %s to %s', (start, end) => {
    expect(times(start, end)).toBeUndefined();
  });

  test.each([
    ['09:30', '09:30'],
    ['18:00', '08:00'],
    ['24:00', '24:01'],
    ['9:30', '10:00'],
    ['00:60', '01:00'],
    ['00:00', '25:00'],
  ])('not from %s to %s', (start, end) => {
    expect(times(start, end)).toBeDefined();
  });

  test.each(['UTC', 'Europe/Berlin', 'Asia/Kolkata'])('in %s', (location) => {
    takes(muteTime, [{ location }]);
  });

  test.each(['Berlin', '+02:00', ''])('not in "%s"', (location) => {
    expect(fault(muteTime, [{ location }])).toContain('must be a time zone');
  });
});

describe('patterns', () => {
  test.each(['a|b', 'op-.*', '[a-z]+\\d{2,3}', '(?:a|b)?', '\\.\\-\\/', 'a\\\\1', 'a{999}', '^a$', 'a+?', ''])(
    '%s',
    (pattern) => {
      takes(regex, pattern);
    },
  );

  test.each([
    ['(a', 'is not a regular expression'],
    ['a**', 'is not a regular expression'],
    ['[b-a]', 'is not a regular expression'],
    ['(?=a)', 'it has no look-around'],
    ['(?<!a)b', 'it has no look-around'],
    ['(?i)a', 'it has no flags or named groups'],
    ['(?P<n>a)', 'it has no flags or named groups'],
    ['(a)\\1', 'it has no references to groups'],
    ['\\pL', 'it has no escapes other than'],
    ['\\cA', 'it has no escapes other than'],
    ['[[:alpha:]]', 'it has no classes such as [:alpha:]'],
    ['a{1000}', 'it has no thousand repetitions'],
    ['a{2,1000}', 'it has no thousand repetitions'],
  ])('not %s: %s', (pattern, message) => {
    expect(fault(regex, pattern)).toContain(message);
  });
});
