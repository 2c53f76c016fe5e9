/** What `explain` says of routes, groups, mute times and of alerts that hold back others is what a running Alertmanager does. */
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { knownAlerts } from '../../cli/explain/labels.ts';
import type { Route } from '../../config/notifications.ts';
import { alertmanagerConfig } from '../../model/alertmanager/config.ts';
import type { Labels } from '../../model/alertmanager/explain.ts';
import { planAlertmanager } from '../../model/alertmanager/routes.ts';
import type { AlertmanagerSettings } from '../../model/alertmanager/types.ts';
import { named, RealAlertmanager, type Seen } from '../fixtures/alertmanager.ts';
import { places } from '../fixtures/places.ts';
import { parallel } from '../fixtures/programs.ts';
import { runs } from '../fixtures/prove.ts';
import { planNamed, STACKS } from '../fixtures/real.ts';
import {
  type Difference,
  differences,
  labels,
  likeKnown,
  nearLabels,
  serialised,
  settings,
  stackRoutes,
} from '../fixtures/routing.ts';
import { stackOf } from '../fixtures/toy.ts';

/** Side by side: most of the time they wait. */
const WIDTH = 6;
/** Milliseconds. */
const LONG = 600_000;
const WITHIN = 10_000;
const STAYS = 1200;

interface Agreement {
  readonly wrong: readonly Difference[];
  readonly seen: ReadonlyMap<string, Seen>;
}

/** Lets it work until it does what the model says, and a little longer: what it changes after that is a difference too. */
async function compare(settings: AlertmanagerSettings, alerts: readonly Labels[], config?: object): Promise<Agreement> {
  const alertmanager = await RealAlertmanager.start(settings, config);
  try {
    await alertmanager.post(alerts);
    const look = async (): Promise<Agreement> => {
      const before = new Date();
      const seen = await alertmanager.seen();
      const wrong = [before, new Date()].map((at) => differences(settings, alerts, seen, at));
      return { wrong: wrong.find((each) => each.length === 0) ?? wrong[0] ?? [], seen };
    };
    const until = Date.now() + WITHIN;
    while ((await look()).wrong.length > 0 && Date.now() < until) await sleep(100);
    await sleep(STAYS);
    return await look();
  } finally {
    await alertmanager.stop();
  }
}

describe('a running Alertmanager does what the model says', () => {
  test.each(STACKS)('with the configuration of %s', { timeout: LONG }, async (name) => {
    const plan = planNamed(name);
    const stack = named(plan.alertmanager);
    const known = knownAlerts(plan).map((alert) => alert.labels);
    const alerts = fc.sample(fc.oneof({ weight: 2, arbitrary: likeKnown(known, stack) }, nearLabels(stack)), {
      numRuns: runs(400),
      seed: 5,
    });
    const all = serialised(alerts);
    const { wrong, seen } = await compare(stack, all);
    expect(wrong.slice(0, 5)).toEqual([]);
    const held = [...seen.values()].filter((alert) => alert.inhibitedBy.length > 0).length;
    // Both must be common, or the sample says nothing.
    expect(held).toBeGreaterThan(alerts.length / 50);
    expect(alerts.length - held).toBeGreaterThan(alerts.length / 20);
  });

  test('with random trees of routes, rules and mute times', { timeout: LONG }, async () => {
    const alerts = fc.array(labels, { minLength: 30, maxLength: 60, size: 'max' });
    const sample = fc.sample(fc.tuple(settings, alerts), { numRuns: runs(10), seed: 3 });
    const count = { alerts: 0, several: 0, deep: 0, held: 0, muted: 0 };
    await parallel(sample, WIDTH, async ([random, some]) => {
      const tree = named(random);
      const { wrong, seen } = await compare(tree, serialised(some));
      expect({ wrong: wrong.slice(0, 3), ...(wrong.length > 0 ? { tree } : {}) }).toEqual({ wrong: [] });
      for (const { receivers, groups, inhibitedBy: holders } of seen.values()) {
        count.alerts += 1;
        if (receivers.length > 1) count.several += 1;
        if (receivers.some((receiver) => receiver.split('.').length > 2)) count.deep += 1;
        if (holders.length > 0) count.held += 1;
        if (groups.some(({ mutedBy }) => mutedBy !== undefined && mutedBy.length > 0)) count.muted += 1;
      }
    });
    // A sample without one of these would say nothing of it.
    expect(Object.entries(count).filter(([, times]) => times < count.alerts / 50)).toEqual([]);
  });

  test('with what a route of the stack file leaves to the one above', { timeout: LONG }, async () => {
    const stack = stackOf();
    const alerts = serialised(fc.sample(labels, { numRuns: 60, seed: 1 }));
    await parallel(fc.sample(stackRoutes, { numRuns: runs(2), seed: 2 }), WIDTH, async (routes) => {
      const plan = named(planAlertmanager({ ...stack, notifications: { ...stack.notifications, routes } }));
      const { wrong } = await compare(plan, alerts, unsaid(alertmanagerConfig(plan, places), routes));
      expect({ wrong: wrong.slice(0, 3), ...(wrong.length > 0 ? { routes } : {}) }).toEqual({ wrong: [] });
    });
  });
});

const written = z.looseObject({
  get routes() {
    return z.array(written).optional();
  },
});
type Written = z.infer<typeof written>;

/** Our file without the grouping that the plan has put where the stack file says none: Alertmanager hands it on itself. */
function unsaid(config: Record<string, unknown>, routes: readonly Route[]): object {
  const strip = (node: Written, said: Route): Written => {
    const { group_by, ...rest } = node;
    const below = node.routes?.map((child, index) => strip(child, present(said.routes[index])));
    return { ...rest, ...(said.groupBy ? { group_by } : {}), ...(below ? { routes: below } : {}) };
  };
  const root = written.parse(config.route);
  const ours = root.routes?.slice(0, -1) ?? [];
  const theirs = present(root.routes?.at(-1));
  const own = theirs.routes?.map((child, index) => strip(child, present(routes[index]))) ?? [];
  return { ...config, route: { ...root, routes: [...ours, { ...theirs, routes: own }] } };
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the file has routes that the stack file does not have');
  return value;
}
