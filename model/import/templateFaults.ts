/** What is wrong with the templates of a rule's texts, by which Prometheus would refuse the whole file: Go's `text/template` with its own functions. */
import { nearest } from '../../config/faults.ts';

export interface TemplateFault {
  /** In a few words, after the name of the text. */
  readonly message: string;
  /** Offset in the text. */
  readonly at: number;
}

/** What Prometheus puts before each template. */
const VARIABLES = ['$labels', '$value', '$externalLabels', '$externalURL'];
const KEYWORDS = ['if', 'else', 'end', 'range', 'with', 'define', 'block', 'template', 'break', 'continue'];
const OPENING = new Set(['if', 'range', 'with', 'define', 'block']);
/** Those of Go first, then those of Prometheus (its package template, v3). */
const FUNCTIONS = new Set([
  ...['and', 'call', 'html', 'index', 'slice', 'js', 'len', 'not', 'or', 'print', 'printf', 'println', 'urlquery'],
  ...['eq', 'ge', 'gt', 'le', 'lt', 'ne', 'true', 'false', 'nil'],
  ...['query', 'first', 'label', 'value', 'strvalue', 'args', 'reReplaceAll', 'safeHtml', 'match', 'title', 'toUpper'],
  ...['toLower', 'graphLink', 'tableLink', 'sortByLabel', 'stripPort', 'stripDomain', 'humanize', 'humanize1024'],
  ...['humanizeDuration', 'humanizePercentage', 'humanizeTimestamp', 'pathPrefix', 'externalURL', 'parseDuration'],
  ...['toTime', 'toDuration', 'now', 'urlQueryEscape', 'tmpl'],
]);
/** Comments, strings, the end, `:=`, variables, fields, words. A field is no function, so that it goes with what it is of. */
const TOKEN =
  /\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)+'|\}\}|:=|\d[\w.]*|\$\w*(?:\.\w+)*|\.[A-Za-z_][\w.]*|[A-Za-z_]\w*|["`]/g;

/** @returns each fault once, at its first place */
export function templateFaults(text: string): TemplateFault[] {
  const found = new Map<string, TemplateFault>();
  const say = (at: number, message: string) => void (found.has(message) || found.set(message, { message, at }));
  const scopes: Scope[] = [{ word: '', at: 0, variables: new Set(VARIABLES) }];
  for (let from = text.indexOf('{{'); from >= 0; ) {
    const action = readAction(text, from);
    if (action === undefined) {
      say(from, 'opens {{ and does not close it');
      return [...found.values()];
    }
    judgeAction(action, scopes, say);
    from = text.indexOf('{{', action.end);
  }
  for (const { word, at } of scopes.slice(1)) say(at, `has {{ ${word} }} without {{ end }}`);
  return [...found.values()];
}

/** The labels that templates speak of: `$labels.a`, `.Labels.a`, `index $labels "a"`. */
export function labelsNamed(text: string): string[] {
  const actions = [...text.matchAll(/\{\{.*?\}\}/gs)].map(([action]) => action).join(' ');
  const named = /(?:\$labels|\.Labels)\.(\w+)|index\s+(?:\$labels|\.Labels)\s+"([^"]*)"/g;
  return [...new Set([...actions.matchAll(named)].map(([, field, key]) => field ?? key ?? ''))];
}

interface Scope {
  readonly word: string;
  readonly at: number;
  readonly variables: Set<string>;
}

interface Token {
  readonly text: string;
  readonly at: number;
}

interface Action {
  readonly at: number;
  readonly end: number;
  readonly tokens: readonly Token[];
}

/** `undefined` where it does not end: braces within strings end nothing. */
function readAction(text: string, at: number): Action | undefined {
  const tokens: Token[] = [];
  TOKEN.lastIndex = at + 2;
  for (let found = TOKEN.exec(text); found !== null; found = TOKEN.exec(text)) {
    const [token] = found;
    if (token === '}}') return { at, end: TOKEN.lastIndex, tokens };
    if (token === '"' || token === '`') return undefined;
    if (!token.startsWith('/*')) tokens.push({ text: token, at: found.index });
  }
  return undefined;
}

function judgeAction({ at, tokens }: Action, scopes: Scope[], say: (at: number, message: string) => void): void {
  const [first] = tokens;
  const word = first && KEYWORDS.includes(first.text) ? first.text : '';
  if (word === 'end') {
    if (scopes.length > 1) scopes.pop();
    else say(at, 'has {{ end }} with nothing open');
    return;
  }
  if (OPENING.has(word)) {
    if (tokens.length === 1) say(at, `has {{ ${word} }} without a value`);
    scopes.push({ word, at, variables: new Set(word === 'define' ? [] : visible(scopes)) });
  }
  const scope = scopes.at(-1);
  const assigned = tokens.findIndex((token) => token.text === ':=');
  // What is named before := begins there; its value knows nothing of it.
  for (const token of tokens.slice(Math.max(0, assigned + 1))) judgeToken(token, scope?.variables ?? new Set(), say);
  for (const token of tokens.slice(0, Math.max(0, assigned)))
    if (token.text.startsWith('$')) scope?.variables.add(token.text);
}

function visible(scopes: readonly Scope[]): string[] {
  return [...(scopes.at(-1)?.variables ?? [])];
}

function judgeToken(
  { text, at }: Token,
  variables: ReadonlySet<string>,
  say: (at: number, message: string) => void,
): void {
  const name = text.split('.')[0] ?? '';
  if (name.startsWith('$')) {
    if (name === '$' || variables.has(name)) return;
    const near = nearest(name, [...variables]);
    say(
      at,
      `reads the variable ${name}, which there is not${near === undefined ? `; known: ${[...variables].sort().join(', ')}` : `; did you mean "${near}"?`}`,
    );
  } else if (/^[A-Za-z_]\w*$/.test(text) && !FUNCTIONS.has(text) && !KEYWORDS.includes(text)) {
    const near = nearest(text, [...FUNCTIONS]);
    say(
      at,
      `calls ${text}, a function that Prometheus does not have${near === undefined ? '' : `; did you mean "${near}"?`}`,
    );
  }
}
