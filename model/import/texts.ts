/** What is wrong with the templates in a rule's labels and annotations, each with its line. */
import { nearest } from '../../config/faults.ts';
import { parsePromql } from '../promql/syntax.ts';
import type { Ground } from '../rules/lint/expression.ts';
import { lacking, resultLabels } from '../rules/lint/resultLabels.ts';
import { labelsNamed, templateFaults } from './templateFaults.ts';
import type { Imported, Remark, Section } from './types.ts';

/** What the lint of our packs says too, without a line. */
export function isSaidOfTexts(message: string): boolean {
  return message.startsWith('speaks of $labels.');
}

export function remarksOfTexts(from: Imported, { labelsOf }: Ground): Remark[] {
  const result = resultLabels(from.expr, parsePromql(from.expr).topNode, labelsOf);
  const sections: readonly Section[] = from.kind === 'alert' ? ['labels', 'annotations'] : [];
  return sections.flatMap((section) =>
    Object.entries(from[section]).flatMap(([key, text]) => {
      const say = (kind: Remark['kind'], message: string, at: number): Remark => {
        return { file: from.file, line: from.lineOfText(section, key, at), rule: from.name, message, kind };
      };
      const unknown = lacking(labelsNamed(text), result);
      return [
        ...templateFaults(text).map(({ message, at }) =>
          say('fault', `has ${section === 'labels' ? 'a' : 'an'} ${textCalled(section, key)} that ${message}`, at),
        ),
        // It is empty in every alert, and yet Prometheus takes the file.
        ...unknown.map((label) =>
          say(
            'note',
            `speaks of $labels.${label} in its ${textCalled(section, key)}, which its expression does not keep${help(label, result)}`,
            Math.max(0, text.indexOf(label)),
          ),
        ),
      ];
    }),
  );
}

/** `annotation summary`, as promtool calls it too. */
export function textCalled(section: Section, key: string): string {
  return `${section.slice(0, -1)} ${key}`;
}

function help(label: string, result: ReturnType<typeof resultLabels>): string {
  const kept = result === 'any' ? [] : [...result].sort();
  const near = nearest(label, kept);
  if (near !== undefined) return `; did you mean "${near}"?`;
  return kept.length === 0 ? ' (it keeps none)' : ` (it keeps ${kept.join(', ')})`;
}
