/** Alerts as Prometheus makes them of what an expression returns: `AlertingRule.Eval` in rules/alerting.go of github.com/prometheus/prometheus. */

interface Active {
  readonly activeAt: number;
  readonly firing: boolean;
  readonly keepFiringSince?: number;
}

export interface Timing {
  readonly for: number;
  readonly keepFiringFor: number;
}

/** The names that fire after each evaluation. @param returned names that the expression returns, by evaluation */
export function prometheusFiring(returned: readonly (readonly string[])[], interval: number, rule: Timing): string[][] {
  let active = new Map<string, Active>();
  return returned.map((names, step) => {
    const at = step * interval;
    const next = new Map<string, Active>();
    for (const name of names) {
      const activeAt = active.get(name)?.activeAt ?? at;
      const firing = active.get(name)?.firing === true || at - activeAt >= rule.for;
      next.set(name, { activeAt, firing });
    }
    for (const [name, before] of active) {
      const keepFiringSince = before.keepFiringSince ?? at;
      const keeps = before.firing && at - keepFiringSince < rule.keepFiringFor;
      if (!names.includes(name) && keeps) next.set(name, { ...before, keepFiringSince });
    }
    active = next;
    return [...next]
      .filter(([, { firing }]) => firing)
      .map(([name]) => name)
      .sort();
  });
}
