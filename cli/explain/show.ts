/** An explanation for a terminal. */
import { formatDuration } from '../../config/duration.ts';
import { columns, indent, type Paint } from '../output.ts';
import type { ExplainedRoute, Explanation, Told } from './explain.ts';
import { OUR_RECEIVER } from './grafana.ts';
import type { Inhibition } from './inhibition.ts';

export function formatExplanation(explanation: Explanation, paint: Paint): string {
  const { bold, dim, yellow } = paint;
  const { routes, told, warnings, timeScale, stack, decidedBy } = explanation;
  const sections = [
    ...warnings.map((warning) => `${yellow('note')}: ${warning}\n`),
    head(explanation, paint),
    `${bold('Routes')}${ROUTES[decidedBy]}:\n${formatRoutes(routes, paint)}`,
    `${bold('Told')}:\n${told.map((each) => formatTold(each, explanation.at, paint)).join('')}${unsaid(explanation)}`,
    ...(decidedBy === 'alertmanager' ? inhibition(explanation, paint) : [NOT_HELD_BACK]),
  ];
  const scale =
    timeScale === 1 ? '' : dim(`\nIn the chain's own time; stack ${stack} runs ${timeScale} times as fast.\n`);
  return sections.join('\n') + scale;
}

const ROUTES: Readonly<Record<Explanation['decidedBy'], string>> = {
  alertmanager: ', in the order in which Alertmanager looks at them',
  rule: " of the stack file, which are written into Grafana's rule as its contact point and timings",
  policy: ", as they stand in Grafana's notification policy",
};

const NOT_HELD_BACK =
  'Grafana holds nothing back: no alert makes this one needless there, and it makes no other needless.\n';

function inhibition({ inhibitedBy, inhibits }: Explanation, paint: Paint): string[] {
  const { bold } = paint;
  return [
    formatInhibition(`${bold('Held back')} while one of these fires:`, inhibitedBy, paint) ??
      `${bold('Held back')} by no alert of this stack.\n`,
    formatInhibition(`${bold('Holds back')} these while it fires:`, inhibits, paint) ??
      `${bold('Holds back')} no alert of this stack.\n`,
  ];
}

/** What a reader of the routes would expect, and Grafana does not do. */
function unsaid({ decidedBy, told }: Explanation): string {
  if (decidedBy === 'alertmanager') return '';
  const nobody =
    told.length === 0
      ? '  no contact point by us: the notification policy of that Grafana decides, which is not ours\n'
      : '';
  const recorded = told.some(({ channels }) => channels.some((channel) => channel.includes(OUR_RECEIVER)));
  return `${nobody}${recorded ? '' : '  not our receiver: it records nothing of this alert\n'}`;
}

function head({ labels, completed, fires, runbook }: Explanation, { bold, dim }: Paint): string {
  const { alertname, network } = labels;
  const title = alertname === undefined ? 'An alert' : bold(alertname);
  const lines = [
    `${title}${network === undefined ? '' : ` of ${network}`}${fires === undefined ? '' : `: fires ${whenever(fires)}`}`,
    ...Object.entries(labels).map(([name, value]) => {
      const text = `  ${name}=${JSON.stringify(value)}`;
      return completed.includes(name) ? dim(text) : text;
    }),
    ...(completed.length > 0 ? [dim(`  (${completed.join(', ')}: by the rule)`)] : []),
    ...(runbook === undefined ? [] : [`  runbook ${runbook}`]),
  ];
  return `${lines.join('\n')}\n`;
}

/** What is only true or false has no limit: `when it holds for 1m`. */
function whenever(fires: string): string {
  return /^(for|over) /.test(fires) ? `when it holds ${fires}` : `at ${fires}`;
}

/** Routes that are not looked at any more are one line: how many there are says nothing. */
function formatRoutes(routes: readonly ExplainedRoute[], paint: Paint): string {
  const lines: string[] = [];
  let skipped: ExplainedRoute[] = [];
  const flush = () => {
    const [first] = skipped;
    const last = skipped.at(-1);
    if (first && last) {
      const range = first === last ? first.route : `${first.route} to ${last.route}`;
      lines.push(
        paint.dim(`${'  '.repeat(first.depth)}  ${range} not looked at: the one before matched, and does not continue`),
      );
    }
    skipped = [];
  };
  for (const route of routes.filter(({ depth }) => depth > 0)) {
    if (skipped.length > 0 && (route.outcome !== 'skipped' || route.depth !== skipped[0]?.depth)) flush();
    if (route.outcome === 'skipped') skipped.push(route);
    else lines.push(formatRoute(route, paint));
  }
  flush();
  const [root] = routes;
  if (root?.outcome === 'acts') lines.push(`  none of them matches, so the default does → ${root.receiver}`);
  return `${lines.join('\n')}\n`;
}

function formatRoute(
  { route, depth, matchers, receiver, outcome, differs, continues }: ExplainedRoute,
  paint: Paint,
): string {
  const { green, red, cyan, dim } = paint;
  const what = `${route} ${matchers.length === 0 ? 'everything' : matchers.join(', ')}`;
  const space = '  '.repeat(depth);
  if (outcome === 'differs') {
    const why = differs.map(({ label, actual }) => (actual === '' ? `no label ${label}` : `${label} is "${actual}"`));
    return `${space}${red('✗')} ${what}  ${dim(`but ${why.join(', ')}`)}`;
  }
  const goes = outcome === 'acts' ? ` → ${cyan(receiver)}` : '';
  return `${space}${green('✓')} ${what}${goes}${continues ? dim('  and goes on') : ''}`;
}

function formatTold(told: Told, at: string | undefined, { cyan, red, green, dim }: Paint): string {
  const { receiver, channels, existing = false, group, groupWait, groupInterval, repeatInterval, muteTimes } = told;
  if (channels.length === 0 && !existing)
    return indent(`${cyan(receiver)}: ${dim('a receiver without channels; no message is sent')}\n`);
  const shared = Object.entries(group).map(([name, value]) =>
    value === '' ? `no ${name}` : `${name}=${JSON.stringify(value)}`,
  );
  const lines = [
    `${cyan(receiver)}: ${existing ? "a contact point of that Grafana's own" : channels.join(', ')}`,
    `  one message for all with ${shared.join(', ') || 'any labels'}`,
    `  first after ${formatDuration(groupWait)}, changes after ${formatDuration(groupInterval)}, again every ${formatDuration(repeatInterval)}`,
    ...muteTimes.map(({ name, when, holds }) => {
      const verdict = holds === undefined ? '' : holds ? red(`  silent at ${at}`) : green(`  not at ${at}`);
      return `  silent during ${name}: ${when}${verdict}`;
    }),
  ];
  return `${indent(lines.join('\n'))}\n`;
}

/** Grouped by rule, since it is the reason, and by condition; where each alert has a condition of its own, it stands beside it. */
function formatInhibition(title: string, list: readonly Inhibition[], { dim }: Paint): string | undefined {
  if (list.length === 0) return undefined;
  const blocks = [...Map.groupBy(list, ({ rule }) => rule)].flatMap(([rule, members]) => {
    const byCondition = Map.groupBy(members, ({ atRuntime }) => whenEqual(atRuntime));
    if (byCondition.size > MOST_CONDITIONS)
      return [
        block(
          rule,
          members.map((each) => [...nameCells(each, dim), dim(whenEqual(each.atRuntime))]),
          dim,
        ),
      ];
    return [...byCondition].map(([condition, those]) =>
      block(
        `${rule}${condition && `, ${condition}`}`,
        those.map((each) => [nameCells(each, dim).join(' ')]),
        dim,
      ),
    );
  });
  return `${title}\n${blocks.join('')}`;
}

function nameCells({ alert, severity, owner }: Inhibition, dim: Paint['dim']): string[] {
  return [alert, dim(`(${severity}, ${owner})`)];
}

function block(head: string, rows: readonly (readonly string[])[], dim: Paint['dim']): string {
  const rest = rows.length - MOST;
  const shown = indent(columns(rest > 1 ? rows.slice(0, MOST) : rows), 4);
  return `  ${head}\n${shown}${rest > 1 ? dim(`    and ${rest} others\n`) : ''}`;
}

/** Of one rule, with a list of alerts each. */
const MOST_CONDITIONS = 3;

/** What shows only when both fire: `if instance is the same (sequencer or standby)`. */
function whenEqual(atRuntime: Inhibition['atRuntime']): string {
  const known = Object.entries(atRuntime).flatMap(([label, values]) => {
    if (values === null) return [];
    return [values.length > 3 ? `${label} (of ${values.length})` : `${label} (${values.join(' or ')})`];
  });
  const open = Object.keys(atRuntime).filter((label) => atRuntime[label] === null);
  // Most alerts have none of these; to list them all would hide the others.
  const others = open.length > 2 ? ['every other label that either has'] : open;
  const parts = [...known, ...others];
  return parts.length === 0 ? '' : `for the same ${parts.join(' and ')}`;
}

/** A process that is down holds back everything about it; a page of names would hide the rest. `--json` has them all. */
const MOST = 12;
