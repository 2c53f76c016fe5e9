const ORDER = ['critical', 'warning', 'info'] as const;

/** The severities that have a look of their own, and what stands for all others. */
export type SeverityClass = (typeof ORDER)[number] | 'other';

export function severityClass(severity: string): SeverityClass {
  return ORDER.find((known) => known === severity) ?? 'other';
}

/** Rank for sorting, the worst first. */
export function severityRank(severity: string): number {
  return [...ORDER, 'other'].indexOf(severityClass(severity));
}
