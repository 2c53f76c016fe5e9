/** What is wrong with the page of an alert. */
import type { AlertFacts } from '../../../config/knowledge.ts';
import { convert, parseUnit, type Unit, UnitError } from '../../../config/units.ts';

/** The parts of a runbook, in this order. */
export const HEADINGS = ['Meaning', 'First check', 'Fix', 'Confirm'] as const;

export function lintRunbook(text: string, name: string, facts: AlertFacts | undefined): string[] {
  const code = /^(```|~~~)[\s\S]*?^\1/gm;
  const prose = text.replace(code, '');
  const lines = prose.split('\n');
  const titles = lines.filter((line) => line.startsWith('# ')).map((line) => line.slice(2).trim());
  const headings = lines.filter((line) => line.startsWith('## ')).map((line) => line.slice(3).trim());
  const length = text.trimEnd().split('\n').length;
  return [
    ...(titles.join() === name ? [] : [`has a page with the title "${titles.join(', ')}"`]),
    ...(headings.join() === HEADINGS.join()
      ? []
      : [`has a page with the parts ${headings.join(', ')} instead of ${HEADINGS.join(', ')}`]),
    ...(length < 10 ? [`has a page of ${length} lines: too short to help at night`] : []),
    ...(facts ? defaultsIn(prose, facts) : []).map(
      (said) => `has a page that says its default limit ("${said}"), which a stack may tune: say "the limit"`,
    ),
  ];
}

const NUMBERS: Readonly<Record<string, number>> = {
  ...{ a: 1, an: 1, one: 1, two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, ten: 10 },
  ...{ twelve: 12, fifteen: 15, twenty: 20, thirty: 30, forty: 40, fifty: 50, sixty: 60, ninety: 90, half: 0.5 },
};
const TIMES: Readonly<Record<string, string>> = { second: 's', minute: 'min', hour: 'h', day: 'd', week: 'w' };

const NUMBER = String.raw`\d+(?:\.\d+)?|${Object.keys(NUMBERS).join('|')}`;
const SPOKEN = new RegExp(
  String.raw`(?<![\w.-])(${NUMBER})(?: an?)?[ -]?(?:L[12] |gossip(?:ed)? )?(%|[A-Za-z]+(?:/s)?)(?!\w)`,
  'gi',
);

/** Limits that the prose says with their unit: `0.5 ETH`, `30 L1 blocks`, `half an hour`. A bare number may mean anything. */
function defaultsIn(prose: string, { threshold, unit }: AlertFacts): string[] {
  if (!threshold || threshold.value === 0) return [];
  return [...prose.matchAll(SPOKEN)].flatMap(([said, number = '', word = '']) => {
    const value = NUMBERS[number.toLowerCase()] ?? Number(number);
    const named = namedUnit(word, unit);
    if (Number.isNaN(value) || !named || named.dimension !== unit.dimension || named.perSecond !== unit.perSecond) {
      return [];
    }
    // "Connect one peer by hand" speaks of no limit.
    if (unit.dimension.startsWith('count:') && /^(?:an?|one)$/i.test(number)) return [];
    return convert({ value, unit: named }, unit) === threshold.value ? [said] : [];
  });
}

/** @param of what counts may be called by: `block` is of `blocks` */
function namedUnit(word: string, of: Unit): Unit | undefined {
  const time = TIMES[word.replace(/s$/, '')];
  if (of.name === `${word}s`) return of;
  try {
    return parseUnit(time ?? word);
  } catch (error) {
    if (error instanceof UnitError) return undefined;
    throw error;
  }
}
