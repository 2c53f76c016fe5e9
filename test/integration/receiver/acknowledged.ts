import { expect } from 'vitest';
import { type Sending, type Sent, sendUntilDeath } from '../service/sent.ts';
import { fingerprintOfNumber, numbered, type Place, type ReceiverProcess, type StartOptions } from './process.ts';

/** Delivers numbered alerts; see sendUntilDeath. */
export function deliverUntilDeath(receiver: ReceiverProcess, sending: Sending): Promise<Sent> {
  return sendUntilDeath((numbers) => receiver.deliver(numbers.map((n) => numbered(n))), sending);
}

/**
 * Starts the receiver again and compares what is there with what must be there and what may be there; then the senders
 * try again, as Alertmanager does, and nothing comes twice.
 */
export async function expectNothingLost(
  place: Place,
  { acknowledged, unknown }: Sent,
  options: StartOptions = {},
): Promise<void> {
  const receiver = await place.start(options);
  const alerts = await receiver.alerts();
  const there = new Set(alerts.map(({ fingerprint }) => fingerprint));
  expect(there.size).toBe(alerts.length);
  expect([...acknowledged].filter((n) => !there.has(fingerprintOfNumber(n)))).toEqual([]);
  const strangers = [...there].filter((fingerprint) => {
    const n = Number.parseInt(fingerprint, 16);
    return !acknowledged.has(n) && !unknown.has(n);
  });
  expect(strangers).toEqual([]);

  const again = [...acknowledged, ...unknown];
  for (let index = 0; index < again.length; index += 500) {
    const part = again.slice(index, index + 500);
    expect(await receiver.deliver(part.map((n) => numbered(n)))).toBe(200);
  }
  const after = await receiver.alerts();
  expect(after.map(({ fingerprint }) => fingerprint).sort()).toEqual(again.map(fingerprintOfNumber).sort());
  for (const n of [...[...acknowledged].slice(-3), ...[...unknown].slice(0, 5)]) {
    const { transitions } = await receiver.history(fingerprintOfNumber(n));
    expect(transitions.map(({ change }) => change)).toEqual(['fired']);
  }
  await receiver.stop();
}
