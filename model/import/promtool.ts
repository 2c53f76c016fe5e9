/** What promtool says of a draft, in our words and by the lines of what it was made of. */
import type { Completed } from './complete.ts';
import { draftedFrom } from './draft.ts';
import { textCalled } from './texts.ts';
import type { Remark } from './types.ts';

/** `group "n", rule 3, "Name": annotation "summary": template: __alert_Name:1: undefined variable "$x"`; the name may be missing. */
const OF_RULE = /group "((?:[^"\\]|\\.)*)", rule (\d+)(?:, "(?:[^"\\]|\\.)*")?: (.*)$/s;
const OF_TEXT = /^(label|annotation) "((?:[^"\\]|\\.)*)": (?:template: [^ ]*:\d+(?::\d+)?: )?(.*)$/s;

/**
 * @param said promtool's own lines
 * @param known what we have said already: of the same text of the same rule promtool adds nothing
 */
export function promtoolRemarks(
  said: readonly string[],
  completed: readonly Completed[],
  known: readonly Remark[],
): Remark[] {
  return said.flatMap((line) => {
    const [, group, number, message = ''] = OF_RULE.exec(line) ?? [];
    const rule = group === undefined ? undefined : draftedFrom(completed, group, Number(number) - 1);
    if (!rule) return [{ file: 'draft', line: 1, message: `would be refused: promtool says ${line}`, kind: 'fault' }];
    const { from } = rule;
    const [, kind, key, reason] = OF_TEXT.exec(message) ?? [];
    const section = kind === 'label' ? 'labels' : 'annotations';
    const what = key === undefined ? '' : `${textCalled(section, key)}: `;
    const place =
      key === undefined || !Object.hasOwn(from[section], key) ? from.line : from.lineOfText(section, key, 0);
    const isSaid = known.some(
      (each) =>
        each.file === from.file &&
        each.rule === from.name &&
        each.kind === 'fault' &&
        each.line >= from.line &&
        (key === undefined ? false : each.message.includes(` ${textCalled(section, key)} that `)),
    );
    if (isSaid) return [];
    const refused = `would be refused by Prometheus: ${what}${reason ?? message} (as promtool says)`;
    return [{ file: from.file, line: place, rule: from.name, message: refused, kind: 'fault' }];
  });
}
