/** The bot that some chains run beside the stack: it reads prices, and sets the fee scalar on L2 by them. */
import { Exposition } from '../../simulation/exposition.ts';
import type { Timeline } from '../../simulation/timeline.ts';
import { helpOf } from './help.ts';
import { processOf } from './process.ts';

/** Seconds. */
const ROUND = 30;
const SCALAR = 1_000_000;

export function exposeGasOracle(timeline: Timeline): string {
  const prefix = 'gas_oracle';
  const { count, last } = timeline.rounds(ROUND, timeline.anybody('gas-oracle-stuck'));
  const failed = timeline.events(ROUND, 'gas-oracle-stuck').count;
  return processOf(new Exposition({ help: helpOf }), timeline)
    .gauge(`${prefix}_current_scalar`, SCALAR)
    .gauge(`${prefix}_target_scalar`, SCALAR)
    .gauge(`${prefix}_eth_price_usd`, timeline.around('eth', 3000, 200))
    .gauge(`${prefix}_token_price_usd`, timeline.around('token', 1, 0.1))
    .counter(`${prefix}_scalar_updates_total`, count + failed)
    .counter(`${prefix}_scalar_updates_success_total`, count)
    .counter(`${prefix}_scalar_updates_failure_total`, failed)
    .gauge(`${prefix}_last_update_timestamp`, last === undefined ? 0 : timeline.wall(last))
    .toString();
}
