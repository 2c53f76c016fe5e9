/** What we write for Alertmanager, and what we say that it does, held against its own programs. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { muteTime } from '../../config/calendar.ts';
import { alertmanagerConfig } from '../../model/alertmanager/config.ts';
import { decide, type Labels } from '../../model/alertmanager/explain.ts';
import { planAlertmanager } from '../../model/alertmanager/routes.ts';
import type { AlertmanagerPlan } from '../../model/alertmanager/types.ts';
import { toYaml } from '../../model/yaml.ts';
import { muteTimes, networks, notifications, receivers } from '../fixtures/notifications.ts';
import { places } from '../fixtures/places.ts';
import { parallel, run, temporaryFolder } from '../fixtures/programs.ts';
import { runs } from '../fixtures/prove.ts';
import { planNamed, STACKS } from '../fixtures/real.ts';
import { nearLabels } from '../fixtures/routing.ts';
import { type Config, stackOf } from '../fixtures/toy.ts';

function write(folder: string, plan: AlertmanagerPlan, name = 'alertmanager.yml'): string {
  const file = join(folder, name);
  writeFileSync(file, toYaml(alertmanagerConfig(plan, places)));
  return file;
}

async function expectAccepted(plan: AlertmanagerPlan): Promise<void> {
  const { stdout, stderr, code } = await run('amtool', ['check-config', write(temporaryFolder(), plan)]);
  expect(stderr).toBe('');
  expect(stdout).toContain('SUCCESS');
  expect(code).toBe(0);
}

describe('amtool check-config takes', () => {
  test.each(STACKS)('%s', async (name) => {
    await expectAccepted(planNamed(name).alertmanager);
  });

  test('every kind of receiver, route and mute time', async () => {
    await expectAccepted(planAlertmanager(stackOf({ networks, notifications })));
  });

  test.each(Object.keys(receivers))('a single receiver: %s', async (name) => {
    const one = Object.entries(receivers).filter(([each]) => each === name);
    await expectAccepted(
      planAlertmanager(stackOf({ notifications: { receivers: Object.fromEntries(one), default: name } })),
    );
  });

  test('nothing at all, with and without our receiver', async () => {
    await expectAccepted(planAlertmanager(stackOf()));
    await expectAccepted(planAlertmanager(stackOf({ services: { receiver: { enabled: false } } })));
  });

  test('every range of days and months that a stack file may say', async () => {
    const signed = Array.from({ length: 31 }, (_, index) => [index + 1, -index - 1]).flat();
    const daysOfMonth = signed
      .flatMap((from) => signed.map((to) => `${from}:${to}`))
      .filter((range) => muteTime.safeParse([{ daysOfMonth: [range] }]).success);
    const numbers = Array.from({ length: 12 }, (_, index) => index + 1);
    const months = numbers
      .flatMap((from) => numbers.map((to) => `${from}:${to}`))
      .filter((range) => muteTime.safeParse([{ months: [range] }]).success);
    expect([daysOfMonth.length, months.length]).toEqual([31 * 32 + (27 * 28) / 2, (12 * 13) / 2]);
    await expectAccepted(
      planAlertmanager(stackOf({ notifications: { muteTimes: { all: [{ daysOfMonth, months }] } } })),
    );
  });

  test('whatever a stack file may say of days, months, times, patterns and labels', async () => {
    const day = fc.oneof(fc.integer({ min: 1, max: 31 }), fc.integer({ min: -31, max: -1 })).map(String);
    const month = fc.constantFrom('january', 'june', 'december', '2', '11');
    const range = (of: fc.Arbitrary<string>) =>
      fc.oneof(
        of,
        fc.tuple(of, of).map((ends) => ends.join(':')),
      );
    const clock = fc
      .tuple(fc.integer({ min: 0, max: 24 }), fc.integer({ min: 0, max: 59 }))
      .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);
    const interval = fc.record(
      {
        times: fc.array(fc.record({ start: clock, end: clock }), { minLength: 1, maxLength: 2 }),
        daysOfMonth: fc.array(range(day), { minLength: 1, maxLength: 2 }),
        months: fc.array(range(month), { minLength: 1, maxLength: 2 }),
        weekdays: fc.uniqueArray(fc.constantFrom('monday', 'sunday'), { minLength: 1 }),
        location: fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York'),
      },
      { requiredKeys: [] },
    );
    const pattern = fc.oneof(
      fc.stringMatching(/^[a-c.*+?|()[\]{}\\dwsb^$0-9,:=!-]{1,8}$/),
      fc.constantFrom(
        '[ab]{2,3}',
        '(?:a|b)*',
        '\\d+\\.\\d*',
        'a{1000}',
        'a{1001}',
        '[[:alpha:]]',
        '\\p{L}',
        '(?=a)',
        '\\1',
        'a**',
        'a+?',
        '\\-\\/',
      ),
    );
    const groupBy = fc.array(fc.constantFrom('...', 'network', 'alertname', 'instance'), {
      minLength: 1,
      maxLength: 3,
    });
    // One thing at a time: together nearly all would be refused.
    const plain = { intervals: [{}], pattern: 'a', groupBy: ['network'] };
    const said = fc.oneof(
      fc.array(interval, { minLength: 1, maxLength: 2 }).map((intervals) => ({ ...plain, intervals })),
      pattern.map((each) => ({ ...plain, pattern: each })),
      groupBy.map((each) => ({ ...plain, groupBy: each })),
    );
    const sample: { plan: AlertmanagerPlan; said: unknown }[] = [];
    let refused = 0;
    for (const each of fc.sample(said, { numRuns: 300, seed: 7 })) {
      const routes = [
        { receiver: 'webhook', matchRegex: { team: each.pattern }, groupBy: each.groupBy, muteTimes: ['m'] },
      ];
      const config: Config = {
        notifications: { receivers: { webhook: receivers.webhook }, routes, muteTimes: { m: each.intervals } },
      };
      try {
        sample.push({ plan: planAlertmanager(stackOf(config)), said: each });
      } catch {
        refused += 1;
      }
    }
    // Both must be common, or the sample says nothing.
    expect(sample.length).toBeGreaterThan(50);
    expect(refused).toBeGreaterThan(50);
    const folder = temporaryFolder();
    const files = sample.map(({ plan }, index) => write(folder, plan, `${index}.yml`));
    const { stdout, stderr } = await run('amtool', ['check-config', ...files]);
    const bad = [...`${stdout}${stderr}`.matchAll(/Checking '.*\/(\d+)\.yml' {2}FAILED: (.*)/g)].map(
      ([, index, why]) => ({ why, said: sample[Number(index)]?.said }),
    );
    expect(bad).toEqual([]);
  });
});

/** By `amtool`, which a person has too; with a running Alertmanager the tests of routing ask more, and of more alerts. */
describe('explain says what amtool says', () => {
  async function expectAgreement(plan: AlertmanagerPlan, sets: readonly Labels[]): Promise<void> {
    const file = write(temporaryFolder(), plan);
    const answers = await parallel(sets, 4, async (labels) => {
      const args = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
      const { stdout, stderr } = await run('amtool', ['config', 'routes', 'test', `--config.file=${file}`, ...args]);
      return stdout.trim() === '' ? stderr : stdout.trim();
    });
    const wrong = sets.flatMap((labels, index) => {
      // amtool names a receiver once for each route that acts.
      const ours = decide(plan, labels)
        .steps.map((step) => step.route.receiver)
        .join(',');
      return answers[index] === ours ? [] : [{ labels, alertmanager: answers[index], ours }];
    });
    expect(wrong).toEqual([]);
  }

  test('on the routes of the fixture', async () => {
    const plan = planAlertmanager(stackOf({ networks, notifications: { ...notifications, muteTimes } }));
    const odd: Labels[] = [
      { network: 'n\nx', chain: 'toy', severity: 'warning' },
      { team: 'ab\n', severity: 'info' },
      { network: 'n"\\x', chain: 'toy', severity: 'warning' },
    ];
    await expectAgreement(plan, [...fc.sample(nearLabels(plan), { numRuns: runs(30), seed: 11 }), ...odd]);
  });

  test.each(STACKS)('on the routes of %s', async (name) => {
    const { alertmanager } = planNamed(name);
    await expectAgreement(alertmanager, fc.sample(nearLabels(alertmanager), { numRuns: runs(12), seed: 11 }));
  });
});
