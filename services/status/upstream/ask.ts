import type { z } from 'zod';
import { codeOf, messageOf } from '../../shared/fault.ts';

/** An answer, or why there is none. */
export type Asked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

const TIMEOUT_MS = 5_000;

/**
 * Reads JSON from a program of ours.
 *
 * @param name for the reason: `Prometheus`
 */
export async function ask<T>(name: string, url: string, schema: z.ZodType<T>): Promise<Asked<T>> {
  const deadline = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const response = await fetch(url, { signal: deadline, headers: { accept: 'application/json' } });
    if (!response.ok) {
      await response.body?.cancel();
      return { ok: false, reason: `${name} answers with status ${response.status}` };
    }
    const outcome = schema.safeParse(await response.json());
    if (outcome.success) return { ok: true, value: outcome.data };
    const place = outcome.error.issues[0]?.path.join('.') ?? '';
    return { ok: false, reason: `${name} answers in a form that is not known (${place})` };
  } catch (error) {
    if (deadline.aborted) return { ok: false, reason: `${name} does not answer within ${TIMEOUT_MS / 1000} s` };
    return { ok: false, reason: `${name} cannot be reached (${whyOf(error)})` };
  }
}

/** fetch says only "fetch failed"; what happened is in the cause. */
function whyOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return codeOf(cause) ?? messageOf(cause);
}
