/** The faults of one rule file, each with its line: a person has to find the rule that it is about. */
import type { z } from 'zod';
import type { PromqlError } from '../promql/syntax.ts';
import { type Lines, linesOf } from './lines.ts';

/** What is wrong with one file, as it is found. */
export class Report {
  readonly faults: string[] = [];
  readonly #text: string;
  readonly #name: string;
  #lines: Lines | undefined;

  constructor(text: string, name: string) {
    this.#text = text;
    this.#name = name;
  }

  get #at(): Lines {
    this.#lines ??= linesOf(this.#text);
    return this.#lines;
  }

  /** @param title of the rule, or of what else it is about */
  add(error: z.core.$ZodError, path: readonly PropertyKey[], title: string): void {
    for (const issue of error.issues) {
      const here = [...path, ...issue.path];
      const [unknown] = issue.code === 'unrecognized_keys' ? issue.keys : [];
      const line = unknown === undefined ? this.#at.at(here) : this.#at.key(here, unknown);
      const field = issue.path.map(String).join('.');
      this.#say(line, [title, field === '' ? issue.message : `${field} ${issue.message}`]);
    }
  }

  promql(error: PromqlError, path: readonly PropertyKey[], title: string): void {
    this.#say(this.#at.within([...path, 'expr'], error.offset), [title, error.message]);
  }

  #say(line: number | undefined, parts: readonly string[]): void {
    const place = line === undefined ? '' : `:${line}`;
    this.faults.push([`${this.#name}${place}`, ...parts.filter((part) => part !== '')].join(': '));
  }
}
