/**
 * A stack as a person reviews it: a line for each resource, and a file of manifests for each component. What is long and tested
 * elsewhere (rules, dashboards) stands as counts and a hash. Renewed by `npx vitest run --project pulumi -u`.
 */
import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import type { Recorded } from '../../cli/render/record.ts';
import { at, called, fields, isSecret, list, text } from './policies/read.ts';

/** Path → text, sorted. */
export function snapshot(resources: readonly Recorded[]): ReadonlyMap<string, string> {
  const files = new Map([['resources.txt', listing(resources)]]);
  const components = [...new Set(resources.map(componentOf))].sort();
  for (const component of components) {
    const own = resources.filter((resource) => componentOf(resource) === component && resource.custom);
    if (own.length > 0) files.set(`${component}.yaml`, own.map(manifest).join('---\n'));
  }
  return files;
}

function componentOf({ type, name, parent, custom }: Recorded): string {
  return custom && !type.startsWith('pulumi:') ? parent || 'program' : custom ? 'program' : name;
}

/** Each component with its children, what protects them marked. */
function listing(resources: readonly Recorded[]): string {
  const below = (parent: string, depth: number): string[] =>
    resources
      .filter((resource) => resource.parent === parent && resource.type !== 'pulumi:pulumi:Stack')
      .flatMap((resource) => {
        const marks = [resource.protect && 'protected', resource.retainOnDelete && 'retained'].filter(
          (mark) => mark !== false,
        );
        const kind = resource.custom ? called(resource) : resource.type.slice(resource.type.lastIndexOf(':') + 1);
        const line = `${'  '.repeat(depth)}${resource.name}: ${kind}${marks.length > 0 ? ` (${marks.join(', ')})` : ''}`;
        return [line, ...(resource.custom ? [] : below(resource.name, depth + 1))];
      });
  return `${below('', 0).join('\n')}\n`;
}

function manifest({ type, name, inputs }: Recorded): string {
  const apart = type.startsWith('kubernetes:') && inputs.kind !== undefined ? {} : { type };
  return `# ${name}\n${stringify({ ...apart, ...fields(shown(inputs, text(inputs.kind) || type)) }, { lineWidth: 0, sortMapEntries: true })}`;
}

function shown(inputs: unknown, kind: string): unknown {
  const whole = fields(inputs);
  if (kind === 'PrometheusRule') {
    const groups = list(at(whole, 'spec', 'groups'));
    const rules = Object.fromEntries(groups.map((group) => [text(at(group, 'name')), list(at(group, 'rules')).length]));
    return { ...whole, spec: { groups: groups.length, rules, sha256: hash(groups) } };
  }
  if (kind === 'ConfigMap' && at(whole, 'metadata', 'labels', 'grafana_dashboard') !== undefined) {
    const data = Object.entries(fields(whole.data)).map(([file, json]) => [file, dashboard(text(json))]);
    return { ...whole, data: Object.fromEntries(data) };
  }
  if (kind === 'grafana:oss/dashboard:Dashboard') return { ...whole, configJson: dashboard(text(whole.configJson)) };
  if (kind === 'grafana:alerting/ruleGroup:RuleGroup') {
    const rules = list(whole.rules);
    return { ...whole, rules: { names: rules.map((rule) => text(at(rule, 'name'))), sha256: hash(rules) } };
  }
  return clear(whole);
}

function dashboard(json: string): unknown {
  const content: unknown = JSON.parse(json);
  return { title: at(content, 'title'), panels: list(at(content, 'panels')).length, sha256: hash(content) };
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}

/** Values of secrets are named after them by the tests themselves; here stands that each is encrypted. */
function clear(value: unknown): unknown {
  if (isSecret(value)) return { '(encrypted)': clear(value.value) };
  if (Array.isArray(value)) return value.map(clear);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, clear(inner)]));
}
