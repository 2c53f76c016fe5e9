/** The files that are to be imported: one, or all below a folder. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { readRules } from '../../../model/import/read.ts';
import { isRoutes } from '../../../model/import/routes.ts';
import { type Gathered, nothingYet } from '../../../model/import/types.ts';
import { CliError } from '../../errors.ts';

export interface Sources extends Gathered {
  /** How many files held rules. */
  readonly files: number;
  /** Those that hold no rules, of a folder. */
  readonly skipped: readonly string[];
  /** Configurations of an Alertmanager, and notification policies of Grafana, among them. */
  readonly routes: readonly RouteFile[];
}

export interface RouteFile {
  readonly file: string;
  readonly text: string;
}

const KINDS = /\.(ya?ml|json|rules)$/i;
/** Bytes. Rules are written by people. */
const LARGEST = 16 * 2 ** 20;

/** @throws CliError where there is nothing, or nothing that holds rules */
export function readSources(path: string, cwd: string): Sources {
  const start = resolve(cwd, path);
  const stat = statSync(start, { throwIfNoEntry: false });
  if (!stat)
    throw new CliError(`there is no file or folder ${start}`, {
      remedy: 'name a rule file, a Grafana export, or a folder of them',
    });
  const files = stat.isDirectory() ? filesBelow(start) : [start];
  if (files.length === 0)
    throw new CliError(`${start} holds no file that could be one of rules (*.yaml, *.yml, *.json, *.rules)`);
  const all = nothingYet();
  const skipped: string[] = [];
  const routes: RouteFile[] = [];
  for (const file of files) {
    const name = relative(cwd, file).startsWith('..') ? file : relative(cwd, file);
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LARGEST)
      throw new CliError(`${name} is larger than ${LARGEST} bytes: that is no file of rules`);
    const text = readFileSync(file, 'utf8');
    const { recognised, rules, untranslated, remarks } = readRules(text, name);
    if (recognised) {
      all.rules.push(...rules);
      all.untranslated.push(...untranslated);
      all.remarks.push(...remarks);
    }
    // An export of all that Grafana has for alerting is both.
    if (isRoutes(text, name)) routes.push({ file: name, text });
    else if (!recognised) skipped.push(name);
  }
  const read =
    files.length - skipped.length - routes.filter(({ file }) => !all.rules.some((rule) => rule.file === file)).length;
  const empty = all.rules.length + all.untranslated.length === 0;
  if (empty && all.remarks.length > 0)
    throw new CliError(
      `nothing could be imported:\n${all.remarks.map(({ file, line, message }) => `  ${file}:${line}: ${message}`).join('\n')}`,
    );
  if (empty)
    throw new CliError(`${path} holds no rules`, {
      remedy:
        'name a Prometheus rule file, a PrometheusRule, an export of alert rules from Grafana (YAML or JSON), or what /api/v1/provisioning/alert-rules answers',
    });
  return { ...all, files: read, skipped, routes };
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules' && !name.startsWith('.'))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesBelow(path);
      return entry.isFile() && KINDS.test(entry.name) ? [path] : [];
    });
}
