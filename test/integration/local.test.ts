/** The local run as a person uses it: real Prometheus, Alertmanager, anvil and our services, driven by the command. */
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { isAlive } from '../../local/identity.ts';
import type { RunState } from '../../local/state.ts';
import { eventually } from './eventually.ts';
import { TestProject } from './testProject.ts';

const alertList = z.object({
  alerts: z.array(z.object({ labels: z.record(z.string(), z.string()), status: z.string() })),
});
const alertmanagerAlerts = z.array(z.object({ labels: z.record(z.string(), z.string()) }));
const ruleList = z.object({
  data: z.object({ groups: z.array(z.object({ rules: z.array(z.object({ name: z.string(), query: z.string() })) })) }),
});
const queryResult = z.object({
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
});

let project: TestProject;

beforeAll(async () => {
  project = await TestProject.make();
  const started = await project.chainwatch('start', '--detach');
  expect(started, started.stderr).toMatchObject({ code: 0 });
});
afterAll(async () => {
  await project?.clean();
});

function theRun(): RunState {
  const run = project.run();
  if (run === undefined) throw new Error('nothing runs');
  return run;
}

/** Status of our alert as the receiver has it, or `undefined` while it has not heard of it. */
async function atReceiver(alertname: string): Promise<string | undefined> {
  const { alerts } = alertList.parse(
    await project.get('receiver', `/alerts?state=all&alertname=${alertname}&network=op-dev`),
  );
  return alerts[0]?.status;
}

async function query(promql: string): Promise<number | undefined> {
  const { data } = queryResult.parse(
    await project.get('prometheus', `/api/v1/query?query=${encodeURIComponent(promql)}`),
  );
  const value = data.result[0]?.value[1];
  return value === undefined ? undefined : Number(value);
}

async function ruleQuery(alertname: string): Promise<string | undefined> {
  const { data } = ruleList.parse(await project.get('prometheus', '/api/v1/rules'));
  return data.groups.flatMap((group) => group.rules).find((rule) => rule.name === alertname)?.query;
}

describe('the local run', () => {
  it('has every target up, as status says', async () => {
    const status = await eventually('all targets up', 120, async () => {
      const answer = await project.chainwatch('status', '--json');
      return answer.code === 0
        ? z.object({ targets: z.array(z.object({ health: z.string() })) }).parse(JSON.parse(answer.stdout))
        : undefined;
    });
    expect(status.targets.length).toBeGreaterThan(8);
    expect(new Set(status.targets.map((target) => target.health))).toEqual(new Set(['up']));
  });

  it('lets the Watchdog arrive at the receiver', async () => {
    await eventually('the Watchdog at the receiver', 120, async () => {
      const seen = await query('receiver_watchdog_last_seen_timestamp_seconds');
      return seen !== undefined && seen > 0 ? seen : undefined;
    });
  });

  it('reads the real chain: the head of anvil advances in Prometheus', async () => {
    const head = 'max(chainwatch_rpc_head_block{network="op-dev",layer="l1"})';
    const first = await eventually('a first head of anvil', 120, () => query(head));
    await eventually('a later head of anvil', 120, async () => ((await query(head)) ?? 0) > first || undefined);
  });

  it('carries an alert from the metric to Alertmanager and the receiver, and resolves it', async () => {
    expect(await atReceiver('UnsafeHeadStalled')).not.toBe('firing');
    const played = await project.chainwatch('simulate', 'op-dev', 'sequencer-stall');
    expect(played).toMatchObject({ code: 0, stdout: expect.stringContaining('UnsafeHeadStalled') });

    await eventually('the alert in Alertmanager', 120, async () => {
      const alerts = alertmanagerAlerts.parse(await project.get('alertmanager', '/api/v2/alerts'));
      return (
        alerts.some(({ labels }) => labels.alertname === 'UnsafeHeadStalled' && labels.network === 'op-dev') ||
        undefined
      );
    });
    await eventually('the alert at the receiver', 120, async () =>
      (await atReceiver('UnsafeHeadStalled')) === 'firing' ? true : undefined,
    );
    const { alerts } = alertList.parse(
      await project.get('receiver', '/alerts?state=firing&alertname=UnsafeHeadStalled'),
    );
    expect(alerts[0]?.labels).toMatchObject({
      network: 'op-dev',
      chain: 'op-stack',
      environment: 'dev',
      severity: 'critical',
    });

    expect(await project.chainwatch('simulate', 'op-dev', 'sequencer-stall', '--clear')).toMatchObject({ code: 0 });
    await eventually('the alert resolved at the receiver', 120, async () =>
      (await atReceiver('UnsafeHeadStalled')) === 'resolved' ? true : undefined,
    );
  });

  it('shows and alerts a target that is down, and brings back a program that died', async () => {
    const simulator = theRun().programs.find((program) => program.name === 'simulator')?.process;
    expect(simulator).toBeDefined();
    if (simulator) process.kill(simulator.pid, 'SIGKILL');
    await eventually('another simulator process', 120, async () => {
      const now = theRun().programs.find((program) => program.name === 'simulator');
      return now?.process && now.process.pid !== simulator?.pid && isAlive(now.process) ? true : undefined;
    });
    await eventually(
      'its targets up again',
      120,
      async () => (await query('min(up{network="op-dev"})')) === 1 || undefined,
    );

    // While its simulator was dead the batcher was down as well, so an alert of that time may still be
    // on its way: the target's own `up` says that this fault has begun.
    await project.chainwatch('simulate', 'op-dev', 'batcher-down');
    await eventually(
      'the batcher down',
      120,
      async () => (await query('min(up{network="op-dev",component="op-batcher"})')) === 0 || undefined,
    );
    await eventually(
      'BatcherDown at the receiver',
      120,
      async () => (await atReceiver('BatcherDown')) === 'firing' || undefined,
    );
    const status = await project.chainwatch('status');
    expect(status).toMatchObject({ code: 1, stdout: expect.stringMatching(/op-dev\/op-batcher +0\/1/) });
    await project.chainwatch('simulate', 'op-dev', '--clear');
    await eventually(
      'BatcherDown resolved',
      120,
      async () => (await atReceiver('BatcherDown')) === 'resolved' || undefined,
    );
  });

  it('has nodes that push to the aggregator, which counts fewer peers when the fleet shrinks', async () => {
    const active = 'cluster_peer_active_total{network="the-block-dev"}';
    await eventually('the whole fleet', 120, async () => (await query(active)) === 60 || undefined);
    expect(await project.chainwatch('simulate', 'the-block-dev', 'aggregator-peers-dropped')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('AggregatorPeersDropped'),
    });
    await eventually('a smaller fleet', 120, async () => (await query(active)) === 24 || undefined);
    expect(await project.chainwatch('simulate', 'the-block-dev', '--clear')).toMatchObject({ code: 0 });
  });

  it('serves the runbook that the alert names', async () => {
    const { alerts } = z
      .object({ alerts: z.array(z.object({ annotations: z.record(z.string(), z.string()) })) })
      .parse(await project.get('receiver', '/alerts?state=all&alertname=UnsafeHeadStalled'));
    const page = await fetch(alerts[0]?.annotations.runbook_url ?? '');
    expect(page.status).toBe(200);
    const text = await page.text();
    expect(text).toContain('UnsafeHeadStalled');
    // Said by the rule itself, and read from the Prometheus that evaluates it.
    expect(text).toMatch(/<th scope="row">op-dev<\/th><td>above \S+ for \S+<\/td>/);
  });

  it('a service on a port of a running stack names the stack, ends with 4, and leaves nothing behind', async () => {
    const before = readdirSync(project.folder);
    const served = await project.chainwatch('serve', 'receiver', '--listen', `127.0.0.1:${project.ports.prometheus}`);
    expect(served).toMatchObject({ code: 4, stdout: '' });
    const holder =
      process.platform === 'linux' ? 'is held by Chainwatch stack dev\n' : 'is in use by another program\n';
    expect(served.stderr).toContain(holder);
    expect(served.stderr.match(/port/g)?.length).toBeLessThan(5);
    expect(readdirSync(project.folder)).toEqual(before);
    expect(await project.chainwatch('status')).toMatchObject({ stdout: expect.stringContaining('time ×60') });
  });

  it('refuses a second start of the same stack, naming the first', async () => {
    const second = await project.chainwatch('start', '--detach');
    expect(second.code).toBe(4);
    expect(second.stderr).toMatch(/runs already \(process \d+\)/);
    expect(second.stderr).not.toContain('    at ');
  });

  it('takes a changed threshold after a restart', async () => {
    expect(await ruleQuery('BatcherLowETH')).toBe('op_batcher_default_balance{network="op-dev"} < 0.5');
    project.edit(['chainwatch:networks', 'op-dev', 'alerts', 'BatcherLowETH', 'threshold'], '0.7 ETH');
    expect(await project.chainwatch('stop')).toMatchObject({ code: 0 });
    expect(await project.chainwatch('start', '--detach')).toMatchObject({ code: 0 });
    expect(await ruleQuery('BatcherLowETH')).toBe('op_batcher_default_balance{network="op-dev"} < 0.7');
  });

  it('ends what an earlier run left behind when that was killed', async () => {
    const state = theRun();
    process.kill(state.supervisor.pid, 'SIGKILL');
    await eventually('the supervisor gone', 120, async () => !isAlive(state.supervisor) || undefined);
    const orphans = state.programs.flatMap((program) => program.process ?? []);
    expect(orphans.filter(isAlive).length).toBeGreaterThan(3);

    expect(await project.chainwatch('status')).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/was killed and left behind .*prometheus/),
    });

    const again = await project.chainwatch('start', '--detach');
    expect(again, again.stderr).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Ended what an earlier run had left behind'),
    });
    expect(orphans.filter(isAlive)).toEqual([]);
  });

  it('leaves no process behind', async () => {
    const state = theRun();
    const processes = [state.supervisor, ...state.programs.flatMap((program) => program.process ?? [])];
    expect(processes.every(isAlive)).toBe(true);
    expect(await project.chainwatch('stop')).toMatchObject({ code: 0 });
    expect(processes.filter(isAlive)).toEqual([]);
  });
});
