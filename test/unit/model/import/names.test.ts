/** Imported rules that read names which their chain does not have: each is told the right one, by the catalogue of that chain. */
import { describe, expect, test } from 'vitest';
import { guessChain } from '../../../../model/import/guess.ts';
import { judge } from '../../../../model/import/judge.ts';
import { readRules } from '../../../../model/import/read.ts';
import { known } from '../../../fixtures/real.ts';

const rules = (expr: string, name: string) => readRules(JSON.stringify([{ alert: name, expr }]), 'f.yml');
const remarks = (chain: string, expr: string, name = 'Imported') =>
  judge(rules(expr, name), chain, known).remarks.filter(({ message }) => !message.startsWith('lacks '));
const said = (chain: string, expr: string) => remarks(chain, expr).map(({ message }) => message);

describe('a name that the old rules got wrong', () => {
  test.each([
    [
      'op-stack',
      'op_node_sync_status != 1',
      'reads op_node_sync_status, which no program emits; read op_node_default_refs_number (beside op_node_default_derivation_idle; or ask for optimism_syncStatus)',
    ],
    // Nothing is said of labels and types that nobody knows.
    [
      'op-stack',
      'eth_balance{address="0x1"} < 1',
      'reads eth_balance, which no program emits; read op_batcher_default_balance',
    ],
    [
      'op-stack',
      'rate(batcher_tx_failed_total[10m]) > 0',
      'reads batcher_tx_failed_total, which no program emits; read op_batcher_default_batcher_tx_total{stage="failed"}',
    ],
    [
      'op-stack',
      'eth_gas_price > 0',
      'reads eth_gas_price, which no program emits; no metric takes its place (ask for it: eth_gasPrice)',
    ],
    [
      'aztec',
      'aztec_sequencer_slot_count > 3',
      'reads aztec_sequencer_slot_count, which no program emits; read aztec_sequencer_slot_total_count (beside aztec_sequencer_slot_filled_count)',
    ],
    [
      'aztec',
      'aztec_geth_up == 0',
      'reads aztec_geth_up, which a script of the old set-up pushed; read chainwatch_rpc_up',
    ],
    [
      'the-block',
      'increase(SETTLE_MODE_CHANGE_TOTAL[10m]) > 3',
      'reads SETTLE_MODE_CHANGE_TOTAL, which is a variable of its source and no series; read settle_mode_change_total',
    ],
    [
      'the-block',
      'rate(GOSSIP_DUPLICATE_TOTAL[10m]) > 3',
      'reads GOSSIP_DUPLICATE_TOTAL, which is in no catalogue; did you mean "gossip_duplicate_total"?',
    ],
  ])('of %s: %s', (chain, expr, fault) => {
    expect(said(chain, expr)).toEqual([fault]);
  });

  test('is never what another is said to mean', () => {
    expect(said('op-stack', 'eth_balanc < 3')[0]).toBe('reads eth_balanc, which is in no catalogue');
  });
});

describe('names are judged by the chain', () => {
  const elsewhere = (name: string, chain: string) =>
    `reads ${name}, which no target of ${chain} has; only the environment's own programs do, whose rules are those of system`;

  test.each(['process_open_fds', 'prometheus_config_last_reload_successful'])('%s is none of Aztec', (name) => {
    expect(said('aztec', `${name} > 3`)).toEqual([elsewhere(name, 'aztec')]);
    expect(said('system', `${name} > 3`)).toEqual([]);
  });

  test('what one chain has another may lack', () => {
    const expr = 'rate(process_cpu_seconds_total[10m]) > 3';
    expect(said('op-stack', expr)).toEqual([]);
    expect(said('the-block', expr)).toEqual([elsewhere('process_cpu_seconds_total', 'the-block')]);
    expect(said('aztec', expr)).toEqual([
      'reads process_cpu_seconds_total, which no program of Aztec emits; read process_cpu_time_seconds_total (the share of all cores is process_cpu_utilization)',
    ]);
    // Nor do the wrong names of one chain say that the rules are of it.
    const chosen = guessChain(
      rules(expr, 'A').rules,
      known.packs.all().map(({ catalogue }) => catalogue),
    );
    expect(chosen).toBe('genlayer');
  });

  test.each([
    'up == 0',
    'scrape_samples_scraped > 3',
    'node_load1 > 3',
    'container_memory_working_set_bytes > 3',
    'probe_success == 0',
    'chainwatch_rpc_up == 0',
  ])('%s is what targets of any network carry', (expr) => {
    expect(said('aztec', expr)).toEqual([]);
  });
});

test('an alert of an old set-up is told what became of it', () => {
  const notes = remarks('op-stack', 'up == 0', 'BatcherLowBalance').filter(({ kind }) => kind === 'note');
  expect(notes.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^is BatcherVeryLowETH and BatcherRunwayVeryLow now: /),
  ]);
  expect(remarks('system', 'up == 0', 'BatcherLowBalance')).toEqual([]);
});
