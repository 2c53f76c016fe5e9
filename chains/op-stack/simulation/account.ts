/** What batcher, proposer and challenger share: an account on L1 and the transaction manager that spends from it. */
import type { Exposition } from '../../simulation/exposition.ts';
import type { Timeline } from '../../simulation/timeline.ts';

const GWEI = 1e9;
const FEES = [0.5, 1, 2, 5, 10, 20, 40, 60, 80, 100, 200, 400, 800, 1600];

/** Ether. */
export interface Account {
  /** What is left when it is topped up, and how much then comes. */
  readonly floor: number;
  readonly topUp: number;
  readonly perHour: number;
  /** What is left of it when `<who>-low-funds` begins; it is spent from as usual. A tenth of that is the least there ever is. */
  readonly low: number;
  /** What `<who>-overspending` costs in an hour besides. */
  readonly overspending: number;
}

/** Spends steadily and is topped up in time, so that a simulation may run for years. What a fault has cost comes back with its end. */
export function balance(page: Exposition, timeline: Timeline, prefix: string, who: string, account: Account): void {
  if (timeline.isActive(`${who}-metrics-lost`)) return;
  const { floor, topUp, perHour, low, overspending } = account;
  const usual = floor + topUp - (((timeline.now * perHour) / 3600) % topUp);
  const lost = ((timeline.during(`${who}-overspending`) ?? 0) * overspending) / 3600;
  const poor = timeline.during(`${who}-low-funds`);
  const left = timeline.isActive(`${who}-out-of-funds`)
    ? 0
    : poor !== undefined
      ? low - (poor * perHour) / 3600
      : usual - lost;
  page.gauge(`${prefix}_balance`, Number(Math.max(low / 10, left).toFixed(6)));
}

export interface Sent {
  /** Confirmed since the process started, and when the last was. */
  readonly confirmed: number;
  readonly lastConfirmed: number | undefined;
  /** Reverted, likewise. */
  readonly reverted: number;
  readonly lastReverted: number | undefined;
  /** Of the account, so that it does not fall at a restart. */
  readonly nonce: number;
  readonly pending: number;
  /** Of one transaction. */
  readonly feeGwei: number;
}

/** The metrics of the transaction manager. */
export function transactions(page: Exposition, timeline: Timeline, prefix: string, who: string, sent: Sent): void {
  const tx = `${prefix}_txmgr`;
  const confirm = (status: string, count: number, last: number | undefined) => {
    // A series of an event exists only once the event has happened.
    if (last === undefined) return;
    page.counter(`${tx}_confirm_total`, count, { status });
    page.gauge(`${tx}_last_confirm_unix`, timeline.wall(last), { status });
  };
  confirm('success', sent.confirmed, sent.lastConfirmed);
  confirm('failed', sent.reverted, sent.lastReverted);
  page
    .gauge(`${tx}_pending_txs`, sent.pending)
    .gauge(`${tx}_current_nonce`, sent.nonce)
    .gauge(`${tx}_tx_fee_gwei`, sent.feeGwei)
    .counter(`${tx}_tx_fee_gwei_total`, sent.feeGwei * (sent.confirmed + sent.reverted))
    .histogram(`${tx}_tx_fee_histogram_gwei`, FEES, [{ value: sent.feeGwei, count: sent.confirmed + sent.reverted }])
    .gauge(`${tx}_tx_gas_bump`, 0)
    .gauge(`${tx}_tx_confirmed_latency_ms`, timeline.duration(timeline.around('latency', 130, 20, 240)) * 1000)
    // Without the one that waits: it may yet never be mined, and a counter must not fall.
    .counter(`${tx}_publish_total`, sent.confirmed + sent.reverted);
  fees(page, timeline, tx);
  refusals(page, timeline, tx, who);
}

function fees(page: Exposition, timeline: Timeline, tx: string): void {
  const gas = timeline.isActive('l1-gas-spike') ? 180 : 8 + timeline.noise('fee', 24) * 6;
  const blob = timeline.isActive('l1-blob-spike', 'l1-gas-spike') ? 60 : 0.5 + timeline.noise('blob', 24);
  page
    .gauge(`${tx}_basefee_wei`, Math.round(gas * GWEI))
    .gauge(`${tx}_blob_basefee_wei`, Math.round(blob * GWEI))
    .gauge(`${tx}_tipcap_wei`, 1.5 * GWEI);
}

function refusals(page: Exposition, timeline: Timeline, tx: string, who: string): void {
  const refused = (error: string, count: number) => {
    if (count > 0) page.counter(`${tx}_tx_publish_error_count`, count, { error });
  };
  const empty = timeline.events(48, `${who}-out-of-funds`).count;
  refused('tx_already_known', timeline.count({ perSecond: 1 / 7200 }));
  refused('nonce_too_low', timeline.events(60, `${who}-publish-errors`).count);
  // An empty account is an error the manager has no name for; it counts as a failed request as well.
  refused('unknown_error', empty);
  page.counter(`${tx}_rpc_error_count`, empty + timeline.events(30, `${who}-rpc-errors`).count);
}
