/** Which alerts of the plan would make an alert needless, and which it makes needless. */
import { inhibitedBy, type Labels } from '../../model/alertmanager/explain.ts';
import type { AlertmanagerPlan } from '../../model/alertmanager/types.ts';
import type { KnownAlert } from './labels.ts';
import { intersect, labelValues, type Sources, type Values } from './labelValues.ts';

export interface Inhibition {
  readonly alert: string;
  /** The network, or `system`. */
  readonly owner: string;
  readonly severity: string;
  readonly rule: string;
  /** Labels that both must have with the same value. */
  readonly equal: readonly string[];
  /** Of those, the ones that only a firing alert has, with the values that both can have; `null` where any. */
  readonly atRuntime: Readonly<Record<string, readonly string[] | null>>;
}

/** An alert that may fire: labels that are known, and the expression that brings the others. */
export interface Party {
  readonly labels: Labels;
  /** Absent for labels that mean none of our rules: then it may have any other label. */
  readonly expr?: string;
}

export class Inhibitions {
  readonly #plan: AlertmanagerPlan;
  readonly #all: readonly KnownAlert[];
  readonly #sources: Sources;
  readonly #compared: readonly string[];

  constructor(plan: AlertmanagerPlan, all: readonly KnownAlert[], sources: Sources) {
    this.#plan = plan;
    this.#all = all;
    this.#sources = sources;
    this.#compared = [...new Set(plan.inhibitRules.flatMap((rule) => rule.equal))];
  }

  /** The alerts that hold this one back while they fire. */
  of(target: Party): Inhibition[] {
    return this.#all.flatMap((known) => this.#pair(target, partyOf(known), known));
  }

  /** The alerts that this one holds back. */
  by(source: Party): Inhibition[] {
    return this.#all.flatMap((known) => this.#pair(partyOf(known), source, known));
  }

  /** @param known whichever of the two the caller asks for */
  #pair(target: Party, source: Party, { owner, rule: { name, severity } }: KnownAlert): Inhibition[] {
    const open = new Map<string, Values>();
    for (const label of this.#compared) {
      if (target.labels[label] !== undefined && source.labels[label] !== undefined) continue;
      const common = intersect(this.#values(target, label), this.#values(source, label));
      if (common === 'any' || common.size > 0) open.set(label, common);
    }
    // What is only known at run time is taken as equal here, and named.
    const assumed = Object.fromEntries([...open].map(([label, values]) => [label, firstOf(values)]));
    const rule = inhibitedBy(this.#plan, { ...target.labels, ...assumed }, { ...source.labels, ...assumed });
    if (!rule) return [];
    const atRuntime = [...open].filter(([label]) => rule.equal.includes(label));
    return [
      {
        alert: name,
        owner,
        severity,
        rule: rule.name,
        equal: rule.equal,
        atRuntime: Object.fromEntries(
          atRuntime.map(([label, values]) => [label, values === 'any' ? null : [...values].sort()]),
        ),
      },
    ];
  }

  #values({ labels, expr }: Party, label: string): Values {
    const known = labels[label];
    if (known !== undefined) return new Set([known]);
    return expr === undefined ? 'any' : labelValues(expr, label, this.#sources);
  }
}

function partyOf({ labels, rule }: KnownAlert): Party {
  return { labels, expr: rule.expr };
}

function firstOf(values: Values): string {
  return values === 'any' ? 'the same' : ([...values][0] ?? '');
}
