/** What the senders know after a service has died under them, or refused. */
export interface Sent {
  /** The numbers that were answered with 200. */
  readonly acknowledged: Set<number>;
  /** Those whose answer never came, or was a refusal. */
  readonly unknown: Set<number>;
}

export interface Sending {
  /** The first number. @default 0 */
  readonly from?: number;
  readonly requests: number;
  /** Numbers in each request. */
  readonly each: number;
  /** Called at the first 200: on a busy machine that may take a while. */
  readonly onFirst?: () => void;
}

/**
 * Sends number after number from eight connections until the service is gone or refuses, or all are out.
 *
 * @param send what was answered; 0 where nobody knows
 */
export async function sendUntilDeath(
  send: (numbers: readonly number[]) => Promise<number>,
  { from = 0, requests, each, onFirst }: Sending,
): Promise<Sent> {
  const acknowledged = new Set<number>();
  const unknown = new Set<number>();
  let next = from;
  const last = from + requests * each;
  const work = async () => {
    while (next < last) {
      const numbers = Array.from({ length: each }, (_, index) => next + index);
      next += each;
      const status = await send(numbers);
      if (status === 200 && acknowledged.size === 0) onFirst?.();
      for (const n of numbers) (status === 200 ? acknowledged : unknown).add(n);
      if (status !== 200) return;
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return { acknowledged, unknown };
}
