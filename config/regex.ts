/** Regular expressions that Alertmanager (RE2) and our own `explain` (JavaScript) read alike. */
import { z } from 'zod';

/** Anchored at both ends where it is used, as Alertmanager does. */
export const regex = z.string().superRefine((pattern, context) => {
  const message = regexFault(pattern);
  if (message) context.addIssue({ code: 'custom', message });
});

/** What only one of the two takes, or takes in another sense. */
const FOREIGN: readonly (readonly [RegExp, string])[] = [
  [/\(\?<?[=!]/, 'look-around'],
  [/\(\?[a-zA-Z-]/, 'flags or named groups'],
  [/\\[1-9k]/, 'references to groups'],
  [/\\[^dDwWsSbBtnrfvx\W_]/, 'escapes other than those of \\d \\w \\s \\b \\t \\n \\r \\f \\v \\x and of punctuation'],
  [/\[\[?:/, 'classes such as [:alpha:]'],
  [/\{(?:\d+,)?\d{4,}/, 'thousand repetitions'],
];

function regexFault(pattern: string): string | undefined {
  const plain = pattern.replaceAll('\\\\', '');
  const foreign = FOREIGN.find(([form]) => form.test(plain));
  if (foreign) return `"${pattern}" is not a regular expression that Alertmanager takes: it has no ${foreign[1]}`;
  try {
    new RegExp(`^(?:${pattern})$`);
    wholeMatch(pattern);
    return undefined;
  } catch {
    return `"${pattern}" is not a regular expression`;
  }
}

/**
 * The pattern as Alertmanager reads it: of the whole value, of characters and not of halves of them, where `.` is all but a new line, `\s`
 * only what ASCII has, and a bracket that opens a class may be its first member.
 * @throws SyntaxError
 */
export function wholeMatch(pattern: string): RegExp {
  const known = compiled.get(pattern);
  if (known) return known;
  const whole = compile(pattern);
  compiled.set(pattern, whole);
  return whole;
}

/** A stack has few patterns, each asked of every alert. */
const compiled = new Map<string, RegExp>();

function compile(pattern: string): RegExp {
  let translated = '';
  for (let at = 0; at < pattern.length; ) {
    const [text, next] = pattern[at] === '[' ? classAt(pattern, at) : itemAt(pattern, at);
    translated += text;
    at = next;
  }
  return new RegExp(`^(?:${translated})$`, 'v');
}

type Piece = readonly [text: string, next: number];

function itemAt(pattern: string, at: number): Piece {
  const char = charAt(pattern, at);
  if (char === '\\') return escapeAt(pattern, at);
  if (pattern.startsWith('(?:', at)) return ['(?:', at + 3];
  if (char === '.') return ['[^\\n]', at + 1];
  if (char === '{') {
    const repeat = /^\{\d+(?:,\d*)?\}/.exec(pattern.slice(at))?.[0];
    return repeat === undefined ? [literal(char), at + 1] : [repeat, at + repeat.length];
  }
  return [/[\^$|()*+?]/.test(char) ? char : literal(char), at + char.length];
}

const SPACE = '\\t\\n\\f\\r ';

function escapeAt(pattern: string, at: number): Piece {
  const char = charAt(pattern, at + 1);
  const next = at + 1 + char.length;
  if (char === 's') return [`[${SPACE}]`, next];
  if (char === 'S') return [`[^${SPACE}]`, next];
  if (char === 'x') {
    const [all, long, short] = /^\{([0-9a-fA-F]+)\}|^([0-9a-fA-F]{2})/.exec(pattern.slice(next)) ?? [];
    if (all === undefined) throw new SyntaxError('\\x without the number of a character');
    return [`\\u{${long ?? short}}`, next + all.length];
  }
  if (/[a-zA-Z0-9]/.test(char)) return [`\\${char}`, next];
  if (char === '') throw new SyntaxError('nothing after \\');
  return [literal(char), next];
}

function classAt(pattern: string, from: number): Piece {
  let at = from + 1;
  let text = '[';
  if (pattern[at] === '^') {
    text += '^';
    at += 1;
  }
  const first = at;
  while (at === first || pattern[at] !== ']') {
    const [member, next] = memberAt(pattern, at);
    const ranges = pattern[next] === '-' && pattern[next + 1] !== ']' && !isClass(member);
    const [end, after] = ranges ? memberAt(pattern, next + 1) : ['', next];
    text += ranges ? `${member}-${end}` : member;
    at = after;
  }
  return [`${text}]`, at + 1];
}

function memberAt(pattern: string, at: number): Piece {
  const char = charAt(pattern, at);
  if (char === '') throw new SyntaxError('a class without its end');
  if (char !== '\\') return [literal(char), at + char.length];
  if (/[bB]/.test(charAt(pattern, at + 1))) throw new SyntaxError('an edge of words is no member of a class');
  return escapeAt(pattern, at);
}

/** `\d` and its like begin no range. */
function isClass(member: string): boolean {
  return /^\[|^\\[dDwW]/.test(member);
}

function charAt(text: string, at: number): string {
  const code = text.codePointAt(at);
  return code === undefined ? '' : String.fromCodePoint(code);
}

/** Whatever it means elsewhere. */
function literal(char: string): string {
  return /[a-zA-Z0-9]/.test(char) ? char : `\\u{${char.codePointAt(0)?.toString(16)}}`;
}
