/** The text of a `Pulumi.<stack>.yaml`: its configuration, and where each part of it stands, for messages. */
import { isCollection, isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import { ConfigError, type Locate, type Path } from './faults.ts';

export interface StackFile {
  /** By full key. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly locate: Locate;
}

/**
 * @param file how messages call it
 * @throws ConfigError where it is no YAML, or holds no configuration
 */
export function readStackFile(text: string, file: string): StackFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  if (document.errors.length > 0) {
    const faults = document.errors.map((error) => ({
      path: [`line ${lines.linePos(error.pos[0]).line}`],
      message: error.message.split('\n')[0] ?? error.message,
    }));
    throw new ConfigError(faults, file);
  }
  const content: unknown = document.toJS();
  const config = isRecord(content) ? content.config : undefined;
  if (!isRecord(config)) {
    const message = 'holds no configuration; it starts with "config:" and keys such as "chainwatch:networks:" under it';
    throw new ConfigError([{ path: ['config'], message }], file);
  }
  return { config, locate: (path) => locate(document.contents, ['config', ...path], lines) };
}

/** The position of the key or item a path leads to; where it does not exist, of the nearest thing above that does. */
function locate(root: Node | null, path: Path, lines: LineCounter): ReturnType<Locate> {
  let node: unknown = root;
  let offset: number | undefined;
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => (isScalar(key) ? String(key.value) : String(key)) === String(part));
      if (!pair) break;
      if (isScalar(pair.key) && pair.key.range) offset = pair.key.range[0];
      node = pair.value;
    } else if (isCollection(node)) {
      node = node.items[Number(part)];
      if (isScalar(node) || isCollection(node)) offset = node.range?.[0] ?? offset;
    } else break;
  }
  if (offset === undefined) return undefined;
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
