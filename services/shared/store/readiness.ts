import type { ReadinessCheck } from '../http.ts';

/** What /readyz says of a store: whether it takes writes, and how much waits for the disk. */
export function storeCheck(
  store: { trouble(): { readonly kind: string; readonly reason: string; readonly since: number } | null },
  waiting: Readonly<Record<string, number>>,
): ReadinessCheck {
  const trouble = store.trouble();
  if (trouble === null) return { ok: true, ...waiting };
  const remedy = trouble.kind === 'full' ? 'make room on the disk of the database' : 'look at the disk of the database';
  const since = new Date(trouble.since).toISOString();
  return { ok: false, kind: trouble.kind, reason: trouble.reason, remedy, since };
}
