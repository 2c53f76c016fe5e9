/**
 * YAML of rule packs. They are read at every start, and a parser that keeps the positions of everything takes five times as long.
 */
import { load, YAMLException } from 'js-yaml';

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
    // Only the first: what comes after it is mostly its consequence, a line each.
    const line = error.mark ? `:${error.mark.line + 1}` : '';
    throw new YamlFault([`${name}${line}: ${error.reason}`]);
  }
}
