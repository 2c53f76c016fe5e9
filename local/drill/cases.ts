/** What a drill plays: one case is one fault on one simulated network, with the alerts that must follow. */
import type { Fault, Simulator } from '../../chains/simulator.ts';
import { COMMAND } from '../../cli/commandName.ts';
import { CliError } from '../../cli/errors.ts';
import { unknownName } from '../../config/faults.ts';
import type { Known } from '../../model/knowledge.ts';
import { formerAlerts, formerNamed, formerWords } from '../../model/rules/former.ts';
import type { Rule } from '../../model/rules/ruleFile.ts';
import { reachOf } from '../loadedRules.ts';
import { tooShort } from './tooShort.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** All times are simulated seconds. */
export interface Case {
  readonly chain: string;
  readonly fault: Fault;
  /** The name of its network: its own, so that nothing of another fault is seen there. */
  readonly network: string;
  /** All of these must fire. Sorted. */
  readonly alerts: readonly string[];
  /** These may. */
  readonly also: readonly string[];
  /** Of all: what goes on until a process is started anew, though its cause is gone. */
  readonly lasting: readonly string[];
  /** All is well for so long first: rules that compare with the past need one. */
  readonly calm: number;
  /** The fault is left on for so long. */
  readonly within: number;
  /** So long after it was cleared the last alert must have resolved. */
  readonly recovery: number;
}

/** An alert without a drill, and why. */
export interface Undrilled {
  readonly chain: string;
  readonly alert: string;
  readonly reason: string;
}

/** Unless a chain's rules look further back. */
const CALM = 15 * MINUTE;
/** The rules of the-block compare with the hour before, and ask what was there half an hour ago. */
const CALMS: Readonly<Record<string, number>> = { 'the-block': 95 * MINUTE };
/** Each text of an error is a series of its own, which a process exposes for as long as it lives: the runbook says to restart it. */
const LASTING = ['EqServiceErrorKindsMany'];
/** What is left on for half a day, as `later` of a fault says. */
export const LEFT_ON = 13 * HOUR;
/** What a chain takes to catch up with what it missed, besides the time that the rules look back. */
const CATCHES_UP = 90 * MINUTE;

/** Every fault of every simulator that an alert follows which can be played. */
export function allCases(simulators: ReadonlyMap<string, Simulator>, known: Known): Case[] {
  return [...simulators.values()].flatMap(({ chain, faults }) => {
    const rules = rulesOf(known, chain);
    const unplayed = tooShort(chain, known);
    return faults.flatMap((fault) => {
      const alerts = fault.alerts.filter((alert) => !unplayed.includes(alert));
      return alerts.length === 0 ? [] : [caseOf(chain, { ...fault, alerts }, rules)];
    });
  });
}

/**
 * Every fault, each for as long as its alerts need; and for alerts that only come where a fault is left on, one of those that lead to
 * them, for half a day.
 */
export function completeDrill(cases: readonly Case[], known: Known): Case[] {
  const soon = new Set(cases.flatMap(({ chain, alerts }) => alerts.flatMap((alert) => namesOf(chain, alert, known))));
  const chosen = new Map(cases.map((each) => [each.network, each]));
  for (const { chain, also } of cases) {
    for (const alert of also) {
      const [name = ''] = namesOf(chain, alert, known);
      if (soon.has(name)) continue;
      soon.add(name);
      const longest = leftOn(cases, chain, alert);
      if (longest !== undefined) chosen.set(`${longest.network}`, longest);
    }
  }
  return [...chosen.values()];
}

/** Those of a chain, one fault by name, or what an alert takes. @throws CliError where there is no such name */
export function casesNamed(name: string, cases: readonly Case[], known: Known): Case[] {
  const ofChain = cases.filter(({ chain }) => chain === name);
  if (ofChain.length > 0) return ofChain;
  const ofFault = cases.filter(({ chain, fault }) => fault.name === name || `${chain}/${fault.name}` === name);
  if (ofFault.length > 0) return ofFault;
  const ofAlert = quickestOf(name, cases) ?? leftOnFor(name, cases);
  if (ofAlert !== undefined) return [ofAlert];
  const without = undrilled(cases, known).find(({ alert, chain }) => alert === name || `${chain}/${alert}` === name);
  if (without !== undefined)
    throw new CliError(`there is no drill of ${without.chain}/${without.alert}: ${without.reason}`, {
      remedy: `its test in rules/${without.chain}/alerts.test.yaml proves the rule: ${COMMAND} rules test ${without.chain}`,
    });
  const old = formerNamed(name, formerAlerts(known.packs));
  if (old !== undefined) {
    const played = old.now.filter((each) => quickestOf(each, cases) ?? leftOnFor(each, cases));
    throw new CliError(
      `there is no drill of ${name}: it ${formerWords(old)}`,
      played.length === 0 ? {} : { remedy: `${COMMAND} drill ${played.join(' ')}` },
    );
  }
  const plain = cases.flatMap(({ chain, fault, alerts, also }) => [chain, fault.name, ...alerts, ...also]);
  // Of op-stack/l1-hlt only the second half is wrong.
  const whole = cases.flatMap(({ chain, fault, alerts, also }) =>
    [fault.name, ...alerts, ...also].map((each) => `${chain}/${each}`),
  );
  const names = name.includes('/') ? whole : plain;
  throw new CliError(
    unknownName('alert, fault or chain', name, [...new Set(names)].sort()).replace(/; there are .*/s, ''),
    {
      remedy: `${COMMAND} rules list names the alerts, ${COMMAND} drill --list what can be played`,
    },
  );
}

/** Alerts that no fault leads to. Sorted. */
export function undrilled(cases: readonly Case[], known: Known): Undrilled[] {
  const played = new Set(
    cases.flatMap(({ chain, alerts, also }) => [...alerts, ...also].flatMap((alert) => namesOf(chain, alert, known))),
  );
  return known.packs
    .all()
    .flatMap(({ chain, alerts }) =>
      [...alerts.values()]
        .filter(({ name }) => !played.has(`${chain}/${name}`))
        .map(({ name, component }) => ({ chain, alert: name, reason: reasonFor(chain, name, component, known) })),
    )
    .sort((a, b) => (`${a.chain}/${a.alert}` < `${b.chain}/${b.alert}` ? -1 : 1));
}

const REASONS: Readonly<Record<string, string>> = {
  prometheus: 'the Prometheus that the drill runs on is always there',
  alertmanager: 'the Alertmanager through which the drill hears is always there',
  receiver: 'the receiver through which the drill hears is always there',
  target: 'needs targets that leave the configuration, which no fault does',
  watchdog: 'fires always, and every drill sees that it arrives',
};

function reasonFor(chain: string, alert: string, component: string, known: Known): string {
  if (tooShort(chain, known).includes(alert))
    return 'its limit is shorter than what lies between two scrapes of a drill';
  if (alert === 'ScrapeSlow') return 'measures how long real scrapes take, which says more of this machine';
  if (chain === 'system') return REASONS[component] ?? 'no simulated process has such a fault';
  if (['l1', 'staking', 'operator'].includes(component)) return 'read from a chain by our exporter; none is simulated';
  if (alert === 'GenLayerRecordingStopped')
    return 'needs rules that are not evaluated, and those are what a drill proves';
  return alert.includes('No') || alert.includes('Missing')
    ? 'needs nodes that go away from the stack, which no fault does'
    : 'no fault of the simulator leads to it';
}

/** `<pack>/<alert>`: a fault's alerts are its chain's, or of system, which watches every target. */
export function namesOf(chain: string, alert: string, { packs }: Known): string[] {
  const pack = [chain, 'system'].find((each) => packs.get(each)?.alerts.has(alert));
  return pack === undefined ? [] : [`${pack}/${alert}`];
}

function quickestOf(alert: string, cases: readonly Case[]): Case | undefined {
  return cases
    .filter(({ chain, alerts }) => alerts.some((each) => each === alert || `${chain}/${each}` === alert))
    .toSorted((a, b) => durationOf(a) - durationOf(b))[0];
}

function leftOnFor(alert: string, cases: readonly Case[]): Case | undefined {
  const first = cases.find(({ chain, also }) => also.some((each) => each === alert || `${chain}/${each}` === alert));
  return first && leftOn(cases, first.chain, alert.replace(/^.*\//, ''));
}

/** The fault that leads to most of what comes late, with all that it lists now expected. */
function leftOn(cases: readonly Case[], chain: string, alert: string): Case | undefined {
  const [first] = cases
    .filter((each) => each.chain === chain && each.also.includes(alert))
    .toSorted((a, b) => a.also.length - b.also.length);
  if (first === undefined) return undefined;
  return { ...first, alerts: [...first.alerts, ...first.also].toSorted(), also: [], within: LEFT_ON };
}

/** Simulated seconds that a case takes at most. */
export function durationOf({ calm, within, recovery }: Case): number {
  return calm + within + recovery;
}

function caseOf(chain: string, fault: Fault, rules: readonly Rule[]): Case {
  const { name, alerts, later = [], within = HOUR } = fault;
  const reach = Math.max(0, ...alerts.map((alert) => lookingBack(alert, rules)));
  return {
    chain,
    fault,
    network: `${chain}-${name}`.slice(0, 40).replace(/-+$/, ''),
    alerts,
    also: later,
    lasting: [...alerts, ...later].filter((alert) => LASTING.includes(alert)),
    calm: Math.max(CALMS[chain] ?? CALM, fault.calm ?? 0),
    within,
    recovery: reach + CATCHES_UP,
  };
}

function rulesOf({ packs }: Known, chain: string): Rule[] {
  return ['system', chain].flatMap((pack) => packs.get(pack)?.groups ?? []).flatMap(({ rules }) => rules);
}

/** Seconds for which an alert may go on when its cause is gone. */
function lookingBack(alert: string, rules: readonly Rule[]): number {
  const read = rules.map(({ kind, name, expr }) => ({
    type: kind === 'alert' ? ('alerting' as const) : ('recording' as const),
    name,
    query: expr,
  }));
  return Math.max(
    0,
    ...rules.map((rule) =>
      rule.kind === 'alert' && rule.name === alert ? reachOf(rule.expr, read) + rule.keepFiringFor : 0,
    ),
  );
}
