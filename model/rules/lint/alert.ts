/** What is wrong with an alert besides its expression: labels, texts, what may be tuned, its page. */
import { nearest } from '../../../config/faults.ts';
import { splitComparison } from '../../promql/split.ts';
import { parsePromql } from '../../promql/syntax.ts';
import type { Pack } from '../pack.ts';
import type { AlertRule } from '../ruleFile.ts';
import type { Ground } from './expression.ts';
import { lacking, resultLabels } from './resultLabels.ts';
import { lintRunbook } from './runbook.ts';
import { lintWords } from './words.ts';

/** Besides its page. @param components that an alert of this pack may be about */
export function lintAlert(rule: AlertRule, pack: Pack, ground: Ground, components: ReadonlySet<string>): string[] {
  const facts = pack.alerts.get(rule.name);
  const { labels, annotations, expr } = rule;
  const result = resultLabels(expr, parsePromql(expr).topNode, ground.labelsOf);
  const faults: string[] = [];
  if (!components.has(labels.component ?? '')) {
    const near = nearest(labels.component ?? '', [...components]);
    const meant = near === undefined ? '' : `; did you mean "${near}"?`;
    faults.push(`is about ${labels.component}, which is no component of ${pack.chain}${meant}`);
  }
  if (facts && facts.unit.dimension !== 'bool' && !facts.threshold)
    faults.push(`has the unit ${facts.unit.name} and no threshold that could be tuned: mark one with "# threshold"`);
  if (
    facts?.unit.dimension === 'bool' &&
    splitComparison(expr).threshold &&
    !/^[01]$/.test(String(splitComparison(expr).threshold?.value))
  )
    faults.push('has the unit bool and compares with a limit: name the unit of what it compares');
  if (labels.inhibits !== undefined) {
    if (labels.inhibits !== 'instance') faults.push(`inhibits ${labels.inhibits}; there is only "instance"`);
    faults.push(...lacking(['instance'], result).map(() => 'inhibits its instance, of which its result says nothing'));
  }
  const { summary = '', description = '' } = annotations;
  faults.push(...lintWords(expr, [rule.name, summary, description]));
  return [...faults, ...lintTexts(rule, pack, new Set(lacking(labelsIn(annotations), result)))];
}

/** What is wrong with where an alert sends whoever reads it. */
export function lintPage({ name, annotations }: AlertRule, pack: Pack): string[] {
  const page = pack.runbooks.get(name);
  const { runbook_url: runbook } = annotations;
  return [
    ...(runbook === `/runbooks/${pack.chain}/${name}`
      ? []
      : [`has the runbook ${runbook}; it is /runbooks/${pack.chain}/${name}`]),
    ...(page === undefined ? [`has no page runbooks/${name}.md`] : lintRunbook(page, name, pack.alerts.get(name))),
  ];
}

function labelsIn(annotations: Readonly<Record<string, string>>): string[] {
  const text = Object.values(annotations).join(' ');
  return [...new Set([...text.matchAll(/\$labels\.(\w+)/g)].map((match) => match[1] ?? ''))];
}

function lintTexts({ name, annotations }: AlertRule, pack: Pack, unknown: ReadonlySet<string>): string[] {
  const { summary = '', description = '' } = annotations;
  const bool = pack.alerts.get(name)?.unit.dimension === 'bool';
  return [
    ...[...unknown].map((label) => `speaks of $labels.${label}, which its result does not have`),
    ...(summary.includes('\n') ? ['has a summary of several lines'] : []),
    ...(bool || /\{\{[^}]*\$value/.test(description) ? [] : ['has a description that does not tell the value']),
  ];
}
