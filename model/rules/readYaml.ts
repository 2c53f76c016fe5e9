/**
 * YAML of rule packs. They are read at every start, and a parser that keeps positions takes five times as long; so positions are
 * looked up only when there is a fault to report.
 */
import { load, YAMLException } from 'js-yaml';
import { LineCounter, parseDocument } from 'yaml';

export class YamlFault extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.faults = faults;
  }
}

/** @throws YamlFault: `rules/x/alerts.yaml:7: bad indentation …` */
export function readYaml(text: string, name: string): unknown {
  try {
    return load(text);
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    throw new YamlFault(faultsIn(text, name, error));
  }
}

/** The fast parser stops at the first fault; the other one goes on. Each line once: one mistake often looks like several. */
function faultsIn(text: string, name: string, { mark, reason }: YAMLException): string[] {
  const lines = new LineCounter();
  const first = mark ? mark.line + 1 : undefined;
  const faults = new Map([[first, reason]]);
  for (const { message, pos } of parseDocument(text, { lineCounter: lines, prettyErrors: false }).errors) {
    const { line } = lines.linePos(pos[0]);
    if (first === undefined || line > first) faults.set(line, faults.get(line) ?? message);
  }
  return [...faults].map(([line, message]) => `${name}${line === undefined ? '' : `:${line}`}: ${message}`);
}
