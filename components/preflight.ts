/** What has to be asked before anything is registered, asked at once: whoever mends it should know all of it. */
import * as pulumi from '@pulumi/pulumi';

/** @throws RunError with what all of them found; whatever else one fails with, as it is */
export async function requireAll(checks: readonly Promise<void>[]): Promise<void> {
  const outcomes = await Promise.allSettled(checks);
  const reasons: unknown[] = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  const messages = reasons.map((reason) => {
    if (!pulumi.RunError.isInstance(reason)) throw reason;
    return reason.message;
  });
  if (messages.length > 0) throw new pulumi.RunError(messages.join('\n'));
}
