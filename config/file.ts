/** The text of a `Pulumi.<stack>.yaml`: its configuration, and where each part of it stands, for messages. */
import { type Document, isCollection, isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import { ConfigError, type Fault, type Locate, nearest, type Path } from './faults.ts';

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
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  if (document.errors.length > 0) {
    const places = new Map<Path, number>();
    const faults = document.errors.map(({ message, pos }) => {
      const path: Path = [];
      places.set(path, pos[0]);
      return { path, message };
    });
    throw new ConfigError(faults, file, (path) => position(places.get(path), lines));
  }
  const content = toPlain(document, file, lines);
  const strays = isRecord(content) ? strayKeys(content) : [];
  if (strays.length > 0) throw new ConfigError(strays, file, (path) => locate(document.contents, path, lines));
  const config = isRecord(content) ? content.config : undefined;
  if (!isRecord(config)) {
    const message = 'holds no configuration; it starts with "config:" and keys such as "chainwatch:networks:" under it';
    throw new ConfigError([{ path: ['config'], message }], file);
  }
  return { config, locate: (path) => locate(document.contents, ['config', ...path], lines) };
}

/** What Pulumi itself has in such a file; it passes over everything else without a word. */
const PULUMI: readonly string[] = [
  'config',
  'environment',
  'secretsprovider',
  'encryptedkey',
  'encryptionsalt',
  'imports',
];
const OURS = 'chainwatch:';

function strayKeys(content: Readonly<Record<string, unknown>>): Fault[] {
  return Object.keys(content)
    .filter((key) => !PULUMI.includes(key))
    .map((key) => {
      const remedy = key.includes(':')
        ? 'is read only under "config:": indent it under config:'
        : nearest(key, PULUMI) === undefined
          ? `is nothing that Pulumi knows (${PULUMI.join(', ')}), so nobody would read it: remove it, or indent it under "config:" as ${OURS}${key}`
          : `is nothing that Pulumi knows; did you mean "${nearest(key, PULUMI)}"?`;
      return { path: [key], message: remedy };
    });
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
  return position(offset, lines);
}

function position(offset: number | undefined, lines: LineCounter): ReturnType<Locate> {
  if (offset === undefined) return undefined;
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

/** @throws ConfigError where an alias leads nowhere or round in a circle, or aliases of aliases would fill the memory */
function toPlain(document: Document.Parsed, file: string, lines: LineCounter): unknown {
  try {
    const plain: unknown = document.toJS();
    const path = circleIn(plain);
    if (!path) return plain;
    throw new ConfigError([{ path, message: 'is an alias of something that it is itself a part of' }], file, (at) =>
      locate(document.contents, at, lines),
    );
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw new ConfigError([{ path: [], message: error.message }], file);
  }
}

/** Where a value holds what it is part of: nothing that reads it would come to an end. */
function circleIn(value: unknown, path: Path = [], above: readonly unknown[] = []): Path | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (above.includes(value)) return path;
  for (const [key, inner] of Object.entries(value)) {
    const circle = circleIn(inner, [...path, key], [...above, value]);
    if (circle) return circle;
  }
  return undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
