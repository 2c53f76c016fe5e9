/** What can go wrong with the accounts on L1 that batcher, proposer and challenger pay from, and with their requests to L1. */

import { faultsOf } from '../../simulation/fault.ts';
import type { Fault } from '../../simulator.ts';
import { BATCHES_END, PROPOSALS_END } from './consequences.ts';

interface Spender {
  readonly who: string;
  /** As its alerts begin. */
  readonly alerts: string;
  /** Whether it sends often enough for a second warning of its runway, and for alerts on refused requests. */
  readonly busy: boolean;
  /** Simulated minutes until a lack of money has been noticed. */
  readonly minutes: number;
  /** What an empty account leads to besides when it stays empty. */
  readonly brokeLater?: readonly string[];
}

const SPENDERS: readonly Spender[] = [
  {
    who: 'batcher',
    alerts: 'Batcher',
    busy: true,
    minutes: 20,
    brokeLater: BATCHES_END,
  },
  { who: 'proposer', alerts: 'Proposer', busy: true, minutes: 40, brokeLater: PROPOSALS_END },
  { who: 'challenger', alerts: 'Challenger', busy: false, minutes: 40 },
];

export const accountFaults: readonly Fault[] = SPENDERS.flatMap((spender) => [
  ...withoutMoney(spender),
  ...(spender.busy ? refused(spender) : []),
]);

function withoutMoney({ who, alerts, busy, minutes, brokeLater }: Spender): Fault[] {
  const low = [`${alerts}LowETH`];
  const runway = [`${alerts}RunwayLow`, ...(busy ? [`${alerts}RunwayVeryLow`] : [])];
  const refusals = [`${alerts}PublishErrors`, `${alerts}RpcErrors`];
  // The page about the empty account holds back those about what follows from it; the challenger has no such.
  const empty = [...low, `${alerts}VeryLowETH`, ...(busy ? refusals : runway)];
  const spender = faultsOf(`op-${who}`);
  const account = `the account of the ${who}`;
  return [
    spender(
      `${who}-low-funds`,
      `${account} has lost most of what it held`,
      minutes,
      [...low, ...runway],
      // The challenger spends so little that it takes days.
      busy ? [`${alerts}VeryLowETH`] : [],
    ),
    spender(`${who}-out-of-funds`, `${account} is empty`, minutes, empty, brokeLater),
  ];
}

function refused({ who, alerts }: Spender): Fault[] {
  const spender = faultsOf(`op-${who}`);
  const transactions = `L1 refuses transactions of the ${who}`;
  const requests = `requests of the ${who} to L1 fail`;
  return [
    spender(`${who}-publish-errors`, transactions, 10, [`${alerts}PublishErrors`]),
    spender(`${who}-rpc-errors`, requests, 12, [`${alerts}RpcErrors`]),
  ];
}
