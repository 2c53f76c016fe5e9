/** Where in a rule file something stands: looked up only when there is a fault to report, since it takes a slow parser. */
import { type Document, isMap, isNode, isScalar, LineCounter, type Node, parseDocument, type Scalar } from 'yaml';

export interface Places {
  /** The line that a path leads to, or as far towards it as there is something. */
  at(path: readonly PropertyKey[]): number | undefined;
  /** Of a key of a mapping, unlike its value's. */
  key(path: readonly PropertyKey[], key: string): number | undefined;
  /** Within the text that a path leads to. @param offset as in the text without the space around it */
  within(path: readonly PropertyKey[], offset: number): number | undefined;
}

export interface Lines extends Places {
  /** The path of the alert or the recording rule of that name. */
  rule(name: string): readonly PropertyKey[] | undefined;
}

export function linesOf(text: string): Lines {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter });
  const rules = new Map<string, readonly PropertyKey[]>();
  for (const path of rulePaths(document.toJS({ maxAliasCount: -1 }))) rules.set(path.name, path.path);
  return { ...placesIn(document, counter), rule: (name) => rules.get(name) };
}

/** @param counter that saw the text of the document */
export function placesIn(document: Document.Parsed | Document, counter: LineCounter): Places {
  const nodeAt = (path: readonly PropertyKey[]): Node | undefined => {
    const node = path.length === 0 ? document.contents : document.getIn(path.map(String), true);
    return isNode(node) ? node : undefined;
  };
  const lineAt = (offset: number | undefined) => (offset === undefined ? undefined : counter.linePos(offset).line);
  const at = (path: readonly PropertyKey[]): number | undefined => {
    for (let length = path.length; length > 0; length--) {
      const node = nodeAt(path.slice(0, length));
      if (node?.range) return lineAt(node.range[0]);
    }
    return undefined;
  };
  return {
    at,
    key(path, key) {
      const map = nodeAt(path);
      const found = isMap(map) ? map.items.find((pair) => isScalar(pair.key) && pair.key.value === key) : undefined;
      return isScalar(found?.key) ? lineAt(found.key.range?.[0]) : at(path);
    },
    within(path, offset) {
      const node = nodeAt(path);
      if (!isScalar(node) || typeof node.value !== 'string' || !node.range) return at(path);
      const start = lineAt(node.range[0]) ?? 0;
      // Only a literal block has the line breaks that its value has; its first line comes after the mark.
      if (node.type !== ('BLOCK_LITERAL' satisfies Scalar.Type)) return start;
      const before = node.value.length - node.value.trimStart().length + offset;
      return start + 1 + (node.value.slice(0, before).match(/\n/g)?.length ?? 0);
    },
  };
}

function rulePaths(content: unknown): { name: string; path: readonly PropertyKey[] }[] {
  return listOf(content, 'groups').flatMap((group, groupIndex) =>
    listOf(group, 'rules').flatMap((rule, index) => {
      if (typeof rule !== 'object' || rule === null) return [];
      const name = 'alert' in rule ? rule.alert : 'record' in rule ? rule.record : undefined;
      return typeof name === 'string' ? [{ name, path: ['groups', groupIndex, 'rules', index] }] : [];
    }),
  );
}

function listOf(value: unknown, key: string): unknown[] {
  const list: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  return Array.isArray(list) ? list : [];
}
