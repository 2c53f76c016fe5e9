/** `chainwatch rules list`: alerts with their limits; those of a stack as it tunes them. */
import { unknownName } from '../../config/faults.ts';
import { fingerprintOf, type Ledger, readLedger, type Standing, standingOf } from '../../local/drill/ledger.ts';
import { ago } from '../../local/drill/words.ts';
import { type FormerAlert, formerAlerts } from '../../model/rules/former.ts';
import type { PlannedAlert } from '../../model/rules/instantiate.ts';
import type { Pack } from '../../model/rules/pack.ts';
import type { AlertRule } from '../../model/rules/ruleFile.ts';
import { tuneAlert } from '../../model/rules/tune.ts';
import { DEFAULT_STACK } from '../command.ts';
import { COMMAND } from '../commandName.ts';
import { CliError } from '../errors.ts';
import { type ExitCode, exitCodes } from '../exitCodes.ts';
import type { Io } from '../io.ts';
import { type LoadedStack, loadKnown, loadStack, uncompressed } from '../loadStack.ts';
import { json, type Paint, paint, table } from '../output.ts';
import { formatLimit, formatSeconds, type Limits, limitsOf } from '../plan/alert.ts';

export interface ListOptions {
  readonly chain?: string;
  readonly network?: string;
  readonly stack?: string;
  readonly json: boolean;
}

type TunableField = 'severity' | 'threshold' | 'window' | 'for' | 'keepFiringFor';

interface ListedAlert extends Pick<Limits, 'threshold' | 'op' | 'window'> {
  /** The network, or `system`; absent in a pack, where it is of none yet. */
  readonly owner?: string;
  readonly chain: string;
  readonly alert: string;
  readonly severity: string;
  readonly component: string;
  readonly subject: string;
  readonly unit: string;
  readonly for: number;
  readonly keepFiringFor: number;
  /** What the stack file changes. */
  readonly tuned: readonly TunableField[];
  /** Whether a drill on this machine has seen it work as it is now. */
  readonly drill: Standing;
}

export async function listRules(options: ListOptions, io: Io): Promise<ExitCode> {
  const name = options.stack ?? (options.network === undefined ? undefined : DEFAULT_STACK);
  const list = name === undefined ? ofPacks(options, io) : ofStack(name, options, io);
  if (options.json) {
    io.out(json(list));
    return exitCodes.ok;
  }
  const colours = paint(io);
  io.out(formatList(list.alerts, colours));
  if (list.alerts.every(({ drill }) => drill.state === 'never'))
    io.out(colours.dim(`\nNone was proven here yet: ${COMMAND} drill --all plays every fault.\n`));
  if (list.disabled.length > 0) io.out(colours.dim(`\nSwitched off in the stack file: ${list.disabled.join(', ')}\n`));
  if (list.alerts.some(({ tuned }) => tuned.length > 0)) io.out(colours.dim('\n* tuned in the stack file\n'));
  if (list.former.length > 0) io.out(colours.dim(formerText(list.former)));
  if (list.timeScale !== 1)
    io.out(colours.dim(`\nIn the chain's own time; this stack runs ${list.timeScale} times as fast.\n`));
  return exitCodes.ok;
}

interface List {
  readonly alerts: readonly ListedAlert[];
  /** `<network>/<alert>` */
  readonly disabled: readonly string[];
  /** Names of older set-ups, of the chains that are listed. */
  readonly former: readonly FormerAlert[];
  readonly timeScale: number;
}

function ofPacks({ chain }: ListOptions, io: Io): List {
  const { packs } = loadKnown();
  const former = formerAlerts(packs).filter((each) => chain === undefined || each.chain === chain);
  const ledger = readLedger(io.cwd);
  refuseUnknown('chain', chain, packs.names);
  const alerts = packs
    .all()
    .filter((pack) => chain === undefined || pack.chain === chain)
    .flatMap((pack) =>
      pack.groups
        .flatMap((group) => group.rules)
        .filter((rule): rule is AlertRule => rule.kind === 'alert')
        .map((rule) => listed(rule, pack.chain, standing(rule, pack, ledger))),
    );
  return { alerts, disabled: [], former, timeScale: 1 };
}

function ofStack(name: string, { chain, network }: ListOptions, io: Io): List {
  const loaded = loadStack(name, io.cwd);
  const plan = uncompressed(loaded);
  const owners = [...plan.networks.map((each) => each.name), 'system'];
  refuseUnknown('network', network, owners, `stack ${name}: `);
  refuseUnknown('chain', chain, loaded.known.packs.names);
  const wanted = (owner: string, of: string) =>
    (network === undefined || owner === network) && (chain === undefined || of === chain);
  const ledger = readLedger(io.cwd);
  const alerts = plan.ruleGroups
    .filter((group) => wanted(group.owner, group.chain))
    .flatMap(({ owner, chain: of, rules }) =>
      rules
        .filter((rule): rule is PlannedAlert => rule.kind === 'alert')
        .map((rule) => ({
          ...listed(rule, of, standing(tunedRule(loaded, owner, of, rule), loaded.known.packs.get(of), ledger)),
          owner,
          tuned: tunedFields(loaded, owner, rule.name),
        })),
    );
  const chains = new Set(
    plan.ruleGroups.filter((group) => wanted(group.owner, group.chain)).map((group) => group.chain),
  );
  return {
    alerts,
    disabled: disabledIn(loaded, wanted),
    former: formerAlerts(loaded.known.packs).filter((each) => chains.has(each.chain)),
    timeScale: loaded.stack.prometheus.timeScale,
  };
}

/** By its own chain's rules as they are now: a recording rule that changed changes what reads it. */
function standing(rule: AlertRule | undefined, pack: Pack | undefined, ledger: Ledger): Standing {
  if (rule === undefined || pack === undefined) return { state: 'never' };
  const rules = pack.groups.flatMap((group) => group.rules);
  return standingOf(ledger, `${pack.chain}/${rule.name}`, fingerprintOf(rule, rules));
}

/** As the stack file tunes it, but without the matchers of its network, which a drill's network has others of. */
function tunedRule(loaded: LoadedStack, owner: string, chain: string, { name }: AlertRule): AlertRule | undefined {
  const pack = loaded.known.packs.get(chain);
  const rules = pack?.groups.flatMap((group) => group.rules) ?? [];
  const rule = rules.find((each): each is AlertRule => each.kind === 'alert' && each.name === name);
  const facts = pack?.alerts.get(name);
  return rule && facts && tuneAlert(rule, facts, tuningsOf(loaded, owner)?.[name] ?? {});
}

function listed(rule: AlertRule, chain: string, drill: Standing): ListedAlert {
  const { threshold, op, window } = limitsOf(rule.expr);
  const { severity = '', component = '', subject = '' } = rule.labels;
  return {
    chain,
    alert: rule.name,
    severity,
    component,
    subject,
    unit: rule.annotations.unit ?? '',
    threshold,
    op,
    window,
    for: rule.for,
    keepFiringFor: rule.keepFiringFor,
    tuned: [],
    drill,
  };
}

function tuningsOf({ stack }: LoadedStack, owner: string) {
  return owner === 'system' ? stack.system.alerts : stack.networks.find(({ name }) => name === owner)?.alerts;
}

const TUNABLE: readonly TunableField[] = ['severity', 'threshold', 'window', 'for', 'keepFiringFor'];

function tunedFields(loaded: LoadedStack, owner: string, alert: string): TunableField[] {
  const tuning = tuningsOf(loaded, owner)?.[alert] ?? {};
  return TUNABLE.filter((field) => tuning[field] !== undefined);
}

function disabledIn(loaded: LoadedStack, wanted: (owner: string, chain: string) => boolean): string[] {
  const owners = [
    ...loaded.stack.networks.map(({ name, chain }) => ({ name, chain })),
    { name: 'system', chain: 'system' },
  ];
  return owners
    .filter(({ name, chain }) => wanted(name, chain))
    .flatMap(({ name }) =>
      Object.entries(tuningsOf(loaded, name) ?? {})
        .filter(([, tuning]) => tuning.enabled === false)
        .map(([alert]) => `${name}/${alert}`),
    )
    .sort();
}

function refuseUnknown(kind: string, name: string | undefined, known: readonly string[], where = ''): void {
  if (name !== undefined && !known.includes(name)) throw new CliError(`${where}${unknownName(kind, name, known)}`);
}

function formatList(alerts: readonly ListedAlert[], colours: Paint): string {
  const several = new Set(alerts.map(({ owner, chain }) => owner ?? chain)).size > 1;
  const heads = [
    ...(several ? ['of'] : []),
    'alert',
    'severity',
    'when',
    'window',
    'for',
    'component',
    'subject',
    'proven',
  ];
  const now = new Date();
  const rows = alerts.map((alert) => {
    const mark = (field: TunableField, text: string) => (alert.tuned.includes(field) ? colours.bold(`${text}*`) : text);
    const { threshold, op, unit, window, component, subject } = alert;
    return [
      ...(several ? [alert.owner ?? alert.chain] : []),
      alert.alert,
      mark('severity', paintSeverity(alert.severity, colours)),
      mark('threshold', formatLimit(threshold, op, unit)),
      mark('window', formatSeconds(window)),
      mark('for', formatSeconds(alert.for)),
      component,
      subject,
      provenWords(alert.drill, now, colours),
    ];
  });
  return table(heads, rows, colours);
}

/** Who comes from an older set-up looks for its names here. */
function formerText(all: readonly FormerAlert[]): string {
  const lines = all.map(({ name, now }) => `  ${name}: ${now.length === 0 ? 'dropped' : now.join(', ')}\n`);
  return `\nNames of older set-ups, and what they are now (explain alertname=NAME says why):\n${lines.join('')}`;
}

function provenWords(drill: Standing, now: Date, { dim, yellow }: Paint): string {
  if (drill.state === 'never') return dim('never');
  return drill.state === 'changed' ? yellow('changed since') : ago(new Date(drill.at), now);
}

export function paintSeverity(severity: string, { red, yellow, blue, dim }: Paint): string {
  if (severity === 'critical') return red(severity);
  if (severity === 'warning') return yellow(severity);
  return severity === 'info' ? blue(severity) : dim(severity);
}
