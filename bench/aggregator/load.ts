import { type LoadResult, quantile } from '../http/load.ts';

export const CONNECTIONS = 16;

/** Snapshots in a second. */
export function rateOf({ latencies, seconds }: LoadResult, snapshots: number): number {
  return (latencies.length * snapshots) / seconds;
}

/** @param snapshots in each request */
export function report(name: string, result: LoadResult, snapshots: number): void {
  const ms = (share: number) => `${quantile(result.latencies, share).toFixed(1)} ms`;
  const failed = result.failures === 0 ? '' : `, ${result.failures} FAILED`;
  const rate = Math.round(rateOf(result, snapshots));
  console.log(`  ${name}: ${rate} snapshots/s, p50 ${ms(0.5)}, p99 ${ms(0.99)}, max ${ms(1)}${failed}`);
}
