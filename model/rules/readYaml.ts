/**
 * YAML of rule packs. They are read at every start, and a parser that keeps positions takes five times as long; so positions are
 * looked up only when there is a fault to report.
 */
import { load, YAMLException } from 'js-yaml';
import { isMap, LineCounter, parseDocument } from 'yaml';

export class YamlFault extends Error {}

/** @throws YamlFault: `rules/x/alerts.yaml:7: bad indentation …` */
export function readYaml(text: string, name: string): unknown {
  try {
    return load(text);
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const line = error.mark ? `:${error.mark.line + 1}` : '';
    throw new YamlFault(`${name}${line}: ${error.reason}`);
  }
}

/** `:7` for the line of the object that a path leads to, or nothing where it leads nowhere. */
export function lineOf(text: string, path: readonly PropertyKey[]): string {
  const lines = new LineCounter();
  const node = parseDocument(text, { lineCounter: lines }).getIn(path.map(String), true);
  return isMap(node) && node.range ? `:${lines.linePos(node.range[0]).line}` : '';
}
