/**
 * YAML of rule packs. They are read at every start, and a parser that keeps positions takes five times as long; so positions are
 * looked up only when there is a fault to report.
 */
import { load, YAMLException } from 'js-yaml';
import { isNode, LineCounter, parseDocument } from 'yaml';

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

/** `:7` for the line that a path leads to, or as far towards it as there is something; nothing where there is none. */
export function lineOf(text: string, path: readonly PropertyKey[]): string {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length).map(String), true);
    if (isNode(node) && node.range) return `:${lines.linePos(node.range[0]).line}`;
  }
  return '';
}
