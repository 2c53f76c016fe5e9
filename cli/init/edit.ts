/** A network put into the text of a stack file. All else stays as it is, to the byte: comments, quotes, the order of things. */
import { isDeepStrictEqual } from 'node:util';
import { isCollection, isMap, isNode, isScalar, LineCounter, type Pair, parseDocument, type YAMLMap } from 'yaml';
import { CliError } from '../errors.ts';
import { emitBlock } from './emit.ts';
import { isRecord } from './fields.ts';

const KEY = 'chainwatch:networks';

/**
 * @param text of a stack file that parses
 * @throws CliError where there is a network of the name already
 */
export function insertNetwork(text: string, name: string, network: Readonly<Record<string, unknown>>): string {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const config = document.get('config');
  if (!isMap(config)) throw new CliError('the stack file has no "config:" with keys below it');
  const pair = config.items.find(({ key }) => isScalar(key) && key.value === KEY);
  const networks = isMap(pair?.value) ? pair.value : undefined;
  const there = networks?.items.find(({ key }) => isScalar(key) && key.value === name);
  if (there && isScalar(there.key) && there.key.range)
    throw new CliError(`network ${name} is there already, in line ${lines.linePos(there.key.range[0]).line}`);

  const edited = place(text, config, pair, networks, { [name]: network });
  if (edited !== undefined && holds(edited, text, name, network)) return edited;
  // A form that we do not know how to keep: right, if not as it was laid out.
  document.setIn(['config', KEY, name], network);
  return document.toString({ lineWidth: 0 });
}

function place(
  text: string,
  config: YAMLMap,
  pair: Pair | undefined,
  networks: YAMLMap | undefined,
  block: Readonly<Record<string, unknown>>,
): string | undefined {
  if (networks && networks.items.length > 0) {
    const [first] = networks.items;
    const last = networks.items.at(-1);
    if (networks.flow || !first || !last) return undefined;
    const column = columnOf(text, first);
    return column === undefined ? undefined : insertAt(text, endOf(text, last, column), emitBlock(block, column));
  }
  const [first] = config.items;
  const column = first && !config.flow ? columnOf(text, first) : undefined;
  if (column === undefined || !first) return undefined;
  if (!pair) return insertAt(text, startOfLine(text, offsetOf(first) ?? 0), emitBlock({ [KEY]: block }, column));
  // `chainwatch:networks: {}`, or nothing after the colon: what stands there goes, a comment behind it stays.
  const key = offsetOf(pair);
  if (key === undefined) return undefined;
  const colon = text.indexOf(':', key + KEY.length);
  const end = isCollection(pair.value) && pair.value.range ? pair.value.range[1] : colon + 1;
  const emptied = text.slice(0, colon + 1) + text.slice(end);
  return insertAt(emptied, endOfLine(emptied, colon), emitBlock(block, column + 2));
}

function offsetOf({ key }: Pair): number | undefined {
  return isNode(key) && key.range ? key.range[0] : undefined;
}

function columnOf(text: string, pair: Pair): number | undefined {
  const offset = offsetOf(pair);
  return offset === undefined ? undefined : offset - startOfLine(text, offset);
}

/** Behind the pair's last line, and behind the comments below it that are indented as its own. */
function endOf(text: string, { key, value }: Pair, column: number): number {
  const node = isNode(value) && value.range ? value : isNode(key) ? key : undefined;
  const end = node?.range?.[1] ?? text.length;
  let at = endOfLine(text, text.slice(0, end).trimEnd().length);
  for (;;) {
    const next = text.slice(at, endOfLine(text, at));
    const comment = /^( *)#/.exec(next);
    if (!comment || (comment[1]?.length ?? 0) <= column) return at;
    at = endOfLine(text, at);
  }
}

function startOfLine(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** Behind the line break that ends the line. */
function endOfLine(text: string, offset: number): number {
  const at = text.indexOf('\n', offset);
  return at < 0 ? text.length : at + 1;
}

function insertAt(text: string, offset: number, block: string): string {
  const before = text.slice(0, offset);
  return `${before}${before.endsWith('\n') || before === '' ? '' : '\n'}${block}${text.slice(offset)}`;
}

/** Whether the text says what it said, and the network, and nothing else. */
function holds(edited: string, text: string, name: string, network: Readonly<Record<string, unknown>>): boolean {
  const document = parseDocument(edited);
  if (document.errors.length > 0) return false;
  const before: unknown = parseDocument(text).toJS();
  const after: unknown = document.toJS();
  if (!isRecord(before) || !isRecord(before.config)) return false;
  const known = before.config[KEY];
  const networks = { ...(isRecord(known) ? known : {}), [name]: network };
  return isDeepStrictEqual(after, { ...before, config: { ...before.config, [KEY]: networks } });
}
