import type { DashboardSpec } from '../../../model/dashboards/build.ts';
import { upPanel } from '../../../model/dashboards/common.ts';
import { query, reading, section, stat, timeseries } from '../../../model/dashboards/panels.ts';

export const gasOracle: DashboardSpec = {
  slug: 'gas-oracle',
  title: 'Gas oracle',
  description: 'The bot that sets the fee scalar of L2 by the prices of ether and of the token.',
  instancesOf: 'up{component="gas-oracle"}',
  sections: [
    section(100, 'Process', [
      upPanel(1, 'gas-oracle', ['GasOracleStale'], 12),
      stat(2, 'Last update', {
        description: 'Time since the bot last set the scalar.',
        unit: 's',
        queries: [reading('GasOracleStale', '{{instance}}')],
        limits: ['GasOracleStale'],
        width: 12,
      }),
    ]),
    section(101, 'The scalar', [
      timeseries(10, 'Fee scalar', {
        description: 'What stands on chain, and what the bot wants. Lines that stay apart are updates that fail.',
        unit: 'number',
        queries: [
          query('gas_oracle_current_scalar', 'on chain {{instance}}'),
          query('gas_oracle_target_scalar', 'wanted {{instance}}'),
        ],
        alerts: ['GasOracleStale'],
        width: 8,
      }),
      timeseries(11, 'Updates', {
        description: 'Updates that were mined, and those that failed.',
        unit: 'updates/s',
        queries: [
          query('rate(gas_oracle_scalar_updates_success_total[$__rate_interval])', 'mined {{instance}}'),
          query('rate(gas_oracle_scalar_updates_failure_total[$__rate_interval])', 'failed {{instance}}'),
        ],
        alerts: ['GasOracleStale'],
        width: 8,
      }),
      timeseries(12, 'Prices', {
        description: 'What the bot reckons with, in dollars. A line that stands is a source of prices that is gone.',
        unit: 'number',
        queries: [
          query('gas_oracle_eth_price_usd', 'ether {{instance}}'),
          query('gas_oracle_token_price_usd', 'token {{instance}}'),
        ],
        width: 8,
      }),
    ]),
  ],
};
