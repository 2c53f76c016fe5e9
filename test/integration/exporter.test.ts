import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { service } from '../../services/exporter/main.ts';
import { createLogger } from '../../services/shared/log.ts';
import { SecretScrubber } from '../../services/shared/secrets.ts';
import type { RunningService } from '../../services/shared/service.ts';
import { ACCOUNT, Anvil, GENESIS, stopAnvils, until } from './exporter/anvil.ts';
import { Crossing } from './exporter/crossing.ts';

const ETHER = 10n ** 18n;
/** Short, so that the tests are: a round asks three nodes a few questions each. */
const INTERVAL_SECONDS = 0.25;

const anvils: Anvil[] = [];
let time = GENESIS;
let running: RunningService | undefined;

async function stopAll(): Promise<void> {
  await running?.stop();
  running = undefined;
  anvils.length = 0;
  await stopAnvils();
}

/** Series of the exporter: `name{labels}` without what all have in common → value. */
async function scrape(): Promise<Map<string, number>> {
  const text = await (await fetch(`${running?.address.url}/metrics`)).text();
  const series = text.split('\n').filter((line) => /^chainwatch_(rpc|account)_/.test(line));
  return new Map(
    series.map((line) => {
      const end = line.lastIndexOf(' ');
      const name = line.slice(0, end).replace('network="dev",chain="op-stack",layer="l1"', '').replace('{,', '{');
      return [name.replace('{}', '').replace('chainwatch_', ''), Number(line.slice(end + 1))];
    }),
  );
}

/** Waits until the series have these values; undefined: the series is not there. */
async function expectSeries(wanted: Readonly<Record<string, number | undefined>>): Promise<void> {
  let seen: Record<string, number | undefined> = {};
  const holds = async () => {
    const series = await scrape();
    seen = Object.fromEntries(Object.keys(wanted).map((name) => [name, series.get(name)]));
    return Object.entries(wanted).every(([name, value]) => seen[name] === value);
  };
  try {
    await until(holds, 'series');
  } catch {
    expect(seen).toEqual(wanted);
  }
}

async function startExporter(urls: readonly string[], chainId = 31_337): Promise<void> {
  const settings = service.settingsSchema.parse({
    listen: '127.0.0.1:0',
    intervalSeconds: INTERVAL_SECONDS,
    timeoutSeconds: 2,
    networks: [
      {
        network: 'dev',
        chain: 'op-stack',
        endpoints: urls.map((url) => ({ layer: 'l1', chainId, url })),
        accounts: [{ layer: 'l1', role: 'batcher', address: ACCOUNT }],
      },
    ],
  });
  const secrets = new SecretScrubber();
  const log = createLogger('exporter', 'silent', secrets);
  const fail = (error: Error) => {
    throw error;
  };
  running = await service.start(settings, { log, registry: new Registry(), secrets, env: {}, fail });
}

const of = (anvil: Anvil | undefined) => `endpoint="127.0.0.1:${anvil?.port}"`;
const balance = `account_balance_ether{role="batcher",address="${ACCOUNT}"}`;
const balanceQuorum = `account_balance_quorum{role="batcher",address="${ACCOUNT}"}`;
const balanceBlock = `account_head_block{role="batcher",address="${ACCOUNT}"}`;

describe('the exporter on three real nodes', () => {
  beforeEach(async () => {
    time = GENESIS;
    anvils.push(...(await Promise.all([Anvil.start(), Anvil.start(), Anvil.start()])));
    await mineOnAll(12);
    await startExporter(anvils.map(({ url }) => url));
  });
  afterEach(stopAll);

  async function mineOnAll(blocks: number): Promise<void> {
    const times = Array.from({ length: blocks }, (_, index) => time + 12 * (index + 1));
    time = times.at(-1) ?? time;
    await Promise.all(anvils.map((anvil) => anvil.mine(...times)));
  }

  it('follows their head, and reads balance and base fee there', async () => {
    await expectSeries({
      rpc_quorum: 1,
      rpc_sources: 3,
      rpc_sources_agreeing: 3,
      rpc_disagreement: 0,
      rpc_agreed_head_block: 12,
      [balance]: 10_000,
      [balanceBlock]: 12,
      [balanceQuorum]: 1,
      [`rpc_head_timestamp_seconds{${of(anvils[0])}}`]: time,
      [`rpc_syncing{${of(anvils[0])}}`]: 0,
    });
    const series = await scrape();
    const age = Date.now() / 1000 - time;
    expect(series.get('rpc_agreed_head_age_seconds')).toBeCloseTo(age, 0);
    expect(series.get('rpc_base_fee_gwei')).toBeGreaterThan(0);
    expect(series.get(`rpc_gas_price_gwei{${of(anvils[1])}}`)).toBeGreaterThan(0);

    await mineOnAll(3);
    await Promise.all(anvils.map((anvil) => anvil.setBalance(ETHER / 4n)));
    await expectSeries({ rpc_agreed_head_block: 15, [balance]: 0.25, [balanceBlock]: 15, rpc_reorgs_total: 0 });
  });

  it('goes on with two when one dies, keeps no value with one, and comes back', async () => {
    await expectSeries({ rpc_sources_agreeing: 3, [balance]: 10_000 });
    const [first, second, third] = anvils;
    await third?.stop();
    await expectSeries({
      [`rpc_up{${of(third)}}`]: 0,
      [`rpc_head_block{${of(third)}}`]: undefined,
      [`rpc_up{${of(first)}}`]: 1,
      rpc_sources_agreeing: 2,
      rpc_quorum: 1,
      [balance]: 10_000,
    });
    expect((await scrape()).get(`rpc_errors_total{${of(third)},kind="connection"}`)).toBeGreaterThan(0);

    await second?.stop();
    await expectSeries({ rpc_quorum: 0, rpc_agreed_head_block: undefined, [balanceQuorum]: 0, [balance]: undefined });
    // One alone is still shown for itself.
    await expectSeries({ [`rpc_head_block{${of(first)}}`]: 12, rpc_sources: 3 });

    const again = await Anvil.start(31_337, second?.port);
    await again.mine(...Array.from({ length: 12 }, (_, index) => GENESIS + 12 * (index + 1)));
    await expectSeries({ rpc_quorum: 1, [balance]: 10_000, [balanceQuorum]: 1 });
  });

  it('does not believe a balance that one gives', async () => {
    await anvils[1]?.setBalance(0n);
    await mineOnAll(0);
    await expectSeries({ rpc_sources_agreeing: 3, [balance]: 10_000, [balanceQuorum]: 1 });
    // Three different answers: nobody can tell which is true.
    await anvils[2]?.setBalance(5n * ETHER);
    await expectSeries({ [balanceQuorum]: 0, [balance]: undefined, rpc_quorum: 1 });
    await anvils[1]?.setBalance(5n * ETHER);
    await expectSeries({ [balanceQuorum]: 1, [balance]: 5 });
  });

  it('says which one is behind', async () => {
    await Promise.all(anvils.slice(0, 2).map((anvil) => anvil.mine(time + 12, time + 24, time + 36)));
    await expectSeries({
      rpc_agreed_head_block: 15,
      [`rpc_behind_blocks{${of(anvils[2])}}`]: 3,
      [`rpc_behind_blocks{${of(anvils[0])}}`]: 0,
      [`rpc_agrees{${of(anvils[2])}}`]: 1,
      rpc_disagreement: 0,
      rpc_sources_agreeing: 2,
    });
  });

  it('says which one is on another chain, and that the majority changed its mind', async () => {
    const [first, second, third] = anvils;
    if (!first || !second || !third) throw new Error('no nodes');
    const crossing = await Crossing.to(second);
    onTestFinished(() => crossing.close());
    await running?.stop();
    await startExporter([first.url, crossing.url, third.url]);
    const [a, b] = [time + 12, time + 24];
    await Promise.all([first.mine(a, b), second.mine(a, b), third.mine(a + 1, b, b + 12)]);
    await expectSeries({
      rpc_disagreement: 1,
      rpc_agreed_head_block: 14,
      [`rpc_agrees{${of(first)}}`]: 1,
      [`rpc_agrees{${of(third)}}`]: 0,
      // A head that nobody else has makes nobody late.
      [`rpc_behind_blocks{${of(first)}}`]: 0,
      rpc_reorgs_total: 0,
    });
    // The second goes over to the third: two blocks that had been agreed on are gone.
    const converted = await Anvil.start();
    await converted.mine(...Array.from({ length: 12 }, (_, index) => GENESIS + 12 * (index + 1)), a + 1, b, b + 12);
    crossing.lead(converted);
    await expectSeries({
      rpc_agreed_head_block: 15,
      [`rpc_agrees{${of(first)}}`]: 0,
      [`rpc_agrees{${of(third)}}`]: 1,
      rpc_reorgs_total: 1,
      rpc_reorg_depth_blocks: 2,
    });
  });
});

describe('the exporter on nodes of two chains', () => {
  beforeAll(async () => {
    anvils.push(...(await Promise.all([Anvil.start(), Anvil.start(1), Anvil.start()])));
  });
  afterAll(stopAll);

  it('does not count the one of another chain, also over a WebSocket', async () => {
    const [first, wrong, third] = anvils;
    await startExporter([first?.url ?? '', wrong?.url ?? '', third?.url.replace('http', 'ws') ?? '']);
    await expectSeries({
      [`rpc_up{${of(wrong)}}`]: 1,
      [`rpc_chain_matches{${of(wrong)}}`]: 0,
      [`rpc_head_block{${of(wrong)}}`]: undefined,
      [`rpc_chain_matches{${of(first)}}`]: 1,
      [`rpc_chain_matches{${of(third)}}`]: 1,
      rpc_sources: 3,
      rpc_sources_agreeing: 2,
      [balance]: 10_000,
    });
    expect((await scrape()).get(`rpc_errors_total{${of(wrong)},kind="wrong_chain"}`)).toBeGreaterThan(0);
    // A WebSocket that was lost is opened again.
    await third?.stop();
    await expectSeries({ [`rpc_up{${of(third)}}`]: 0, rpc_quorum: 0 });
    await Anvil.start(31_337, third?.port);
    await expectSeries({ [`rpc_up{${of(third)}}`]: 1, rpc_quorum: 1 });
  });
});
