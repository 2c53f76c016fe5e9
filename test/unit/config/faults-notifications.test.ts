import { describe, expect, test } from 'vitest';
import { type Case, faults, slack, withNotifications } from '../../fixtures/faults.ts';

const cases: readonly Case[] = [
  [
    'an unknown receiver',
    withNotifications({
      receivers: { oncall: slack },
      routes: [{ receiver: 'oncal', continue: true }, { receiver: 'oncall' }],
    }),
    'notifications.routes[0].receiver: unknown receiver "oncal"; did you mean "oncall"?',
  ],
  [
    'an unknown receiver of a route below',
    withNotifications({ receivers: { a: slack }, default: 'a', routes: [{ routes: [{ receiver: 'zzzz' }] }] }),
    'notifications.routes[0].routes[0].receiver: unknown receiver "zzzz"; known: a',
  ],
  [
    'an unknown receiver by default',
    withNotifications({ default: 'team' }),
    'notifications.default: unknown receiver "team"; there are none here',
  ],
  [
    'an unknown receiver of the Watchdog',
    withNotifications({ watchdog: { receiver: 'dead' } }),
    'notifications.watchdog.receiver: unknown receiver "dead"; there are none here',
  ],
  [
    'a receiver that nothing uses',
    withNotifications({ receivers: { team: slack } }),
    'notifications.receivers.team: no route leads here: add one, make it the default, or remove it',
  ],
  [
    'a receiver without channel',
    withNotifications({ receivers: { team: {} }, default: 'team' }),
    'notifications.receivers.team: has no channel: give it slack, discord, email, pagerduty, telegram or webhook',
  ],
  [
    'a receiver of our name',
    withNotifications({ receivers: { chainwatch: slack }, default: 'chainwatch' }),
    'notifications.receivers.chainwatch: "chainwatch" is our own receiver; choose another name',
  ],
  [
    'a receiver called nobody',
    withNotifications({ receivers: { nobody: slack }, default: 'nobody' }),
    'notifications.receivers.nobody: "nobody" is where nobody is told; choose another name',
  ],
  [
    'a route to nowhere',
    withNotifications({ routes: [{ match: { severity: 'info' } }] }),
    'notifications.routes[0]: names no receiver, nor does a route above it',
  ],
  [
    'an unknown mute time',
    withNotifications({
      receivers: { a: slack },
      default: 'a',
      routes: [{ muteTimes: ['nights', 'night'] }],
      muteTimes: { nights: [{ weekdays: ['sunday'] }] },
    }),
    'notifications.routes[0].muteTimes[1]: unknown mute time "night"; did you mean "nights"?',
  ],
  [
    'a wrong pattern',
    withNotifications({ receivers: { a: slack }, routes: [{ receiver: 'a', matchRegex: { network: 'a(b' } }] }),
    'notifications.routes[0].matchRegex.network: "a(b" is not a regular expression',
  ],
  [
    'a pattern that Alertmanager does not take',
    withNotifications({ receivers: { a: slack }, routes: [{ receiver: 'a', matchRegex: { network: '(?!dev).*' } }] }),
    'notifications.routes[0].matchRegex.network: "(?!dev).*" is not a regular expression that Alertmanager takes: it has no look-around',
  ],
  [
    'all labels and one more',
    withNotifications({ groupBy: ['...', 'network'] }),
    'notifications.groupBy: "..." means all labels: it stands alone',
  ],
  [
    'a label twice',
    withNotifications({ groupBy: ['network', 'network'] }),
    'notifications.groupBy: lists a label twice',
  ],
  [
    'a group interval of nothing',
    withNotifications({ groupInterval: '0s' }),
    'notifications.groupInterval: must be at least 1s',
  ],
  [
    'a mute time backwards',
    withNotifications({ muteTimes: { n: [{ times: [{ start: '18:00', end: '08:00' }] }] } }),
    'notifications.muteTimes.n[0].times[0]: must start before it ends; what goes over midnight is two: until "24:00", and from "00:00" on',
  ],
  [
    'a time after midnight',
    withNotifications({ muteTimes: { n: [{ times: [{ start: '18:00', end: '24:30' }] }] } }),
    'notifications.muteTimes.n[0].times[0].end: must be a time of day in quotes, such as "09:30", and at most "24:00"',
  ],
  [
    'a day that there is not',
    withNotifications({ muteTimes: { n: [{ daysOfMonth: ['0'] }] } }),
    'notifications.muteTimes.n[0].daysOfMonth[0]: must be a day or a range of days, such as 1, 1:5 or -3:-1 (the last three)',
  ],
  [
    'a month that there is not',
    withNotifications({ muteTimes: { n: [{ months: ['smarch'] }] } }),
    'notifications.muteTimes.n[0].months[0]: must be a month or a range of months, such as december, 3 or june:august',
  ],
  [
    'a place that there is not',
    withNotifications({ muteTimes: { n: [{ location: 'Mars/Olympus' }] } }),
    'notifications.muteTimes.n[0].location: must be a time zone of the IANA, such as Europe/Berlin',
  ],
];

describe('a fault of notifications', () => {
  test.each(cases)('%s', (_, sections, message, environment) => {
    expect(faults(sections, environment)).toEqual([message]);
  });
});
