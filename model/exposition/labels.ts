/** The labels of one sample: `{a="x",b="y"}`, and the form that carries the name within, `{"a.b", c="d"}`. */

export interface LabelSet {
  /** Where it stands within the braces. */
  readonly name?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Offset behind the closing brace. */
  readonly end: number;
}

const SPACE = /[ \t]*/y;
const WORD = /[a-zA-Z_][\w]*/y;
const TEXT = /"((?:[^"\\\n]|\\.)*)"/y;

/**
 * @param from offset of the opening brace
 * @returns what is wrong with it, where it cannot be read
 */
export function readLabels(line: string, from: number): LabelSet | string {
  let at = from + 1;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(line);
    if (found) at += found[0].length;
    return found;
  };
  const labels = new Map<string, string>();
  let name: string | undefined;
  for (;;) {
    take(SPACE);
    if (line[at] === '}')
      return { ...(name === undefined ? {} : { name }), labels: Object.fromEntries(labels), end: at + 1 };
    const quoted = take(TEXT);
    const label = quoted ? unescaped(quoted[1] ?? '') : take(WORD)?.[0];
    if (label === undefined) return 'has labels that do not end with "}"';
    take(SPACE);
    if (line[at] === '=') {
      at += 1;
      take(SPACE);
      const value = take(TEXT);
      if (!value) return `has a label ${label} whose value is no text in quotes`;
      if (labels.has(label)) return `has the label ${label} twice`;
      labels.set(label, unescaped(value[1] ?? ''));
    } else if (quoted && name === undefined) name = label;
    else return `has a label ${label} without a value`;
    take(SPACE);
    if (line[at] === ',') at += 1;
    else if (line[at] !== '}') return `has labels that neither go on nor end after ${label}`;
  }
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (whole, letter: string) =>
    letter === 'n' ? '\n' : letter === '\\' || letter === '"' ? letter : whole,
  );
}
