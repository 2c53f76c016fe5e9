/**
 * Entries put into `metrics.yaml` where they stand best, without touching a byte of the rest: comments, order and quotation stay.
 * Places come from the syntax tree of the YAML; the text between them is kept as it is.
 */
import { Document, isMap, isScalar, isSeq, parseDocument, visit, type YAMLMap } from 'yaml';
import type { Family } from '../exposition/read.ts';

/** The catalogue's text is not of a form that can be extended. */
export class CatalogueEditError extends Error {}

export const UNCHECKED = 'seen live, not checked';

export interface Changes {
  readonly added: readonly Family[];
  /** Of the component all are new of. */
  readonly component: string;
  /** Where they were seen, for `source`. */
  readonly source: string;
  /** Names of metrics that are to be marked, with the source in which they were not seen. */
  readonly gone: readonly string[];
}

/** @throws CatalogueEditError */
export function editCatalogue(text: string, { added, component, source, gone }: Changes): string {
  if (added.length === 0 && gone.length === 0) return text;
  const document = parseDocument(text, { keepSourceTokens: true });
  const list = document.get('metrics', true);
  if (document.errors.length > 0 || !isSeq(list) || list.flow === true || list.items.length === 0)
    throw new CatalogueEditError('its metrics are not a list with one entry per line to which others could be added');
  const entries = list.items.filter((item) => isMap<unknown, unknown>(item)).map((map) => entryOf(text, map));
  const last = entries.findLast((entry) => entry.component === component) ?? entries.at(-1);
  if (!last) throw new CatalogueEditError('its metrics have no entry beside which others could stand');
  const edits = [
    // A mark belongs to the entry before it: at one place it comes before what is new there.
    ...entries.filter(({ name }) => gone.includes(name)).map((entry) => markGone(entry, source)),
    ...added.map((family) => ({
      at: placeFor(family, entries, component) ?? last.end,
      insert: textFor(family, component, source, last.indent),
    })),
  ];
  // From the end on, so that the places of the others hold; of several at one place the last is put in first.
  let result = text.endsWith('\n') ? text : `${text}\n`;
  const ordered = edits.map((edit, index) => ({ ...edit, index })).sort((a, b) => b.at - a.at || b.index - a.index);
  for (const { at, insert } of ordered) result = result.slice(0, at) + insert + result.slice(at);
  return result;
}

interface Entry {
  readonly name: string;
  readonly component: string;
  /** Columns before its "- ". */
  readonly indent: number;
  /** Offset where the line after it begins. */
  readonly end: number;
  /** Whether it has a reason of its own already. */
  readonly explained: boolean;
  /** Offset before the closing brace, where it is written in one line. */
  readonly brace?: number;
}

function entryOf(text: string, map: YAMLMap<unknown, unknown>): Entry {
  const read = (key: string) => {
    const value = map.get(key);
    return typeof value === 'string' ? value : '';
  };
  const [from = 0, to = 0] = map.range ?? [];
  const ends = map.items.map(({ value }) =>
    isScalar(value) || isMap(value) || isSeq(value) ? (value.range?.[1] ?? 0) : 0,
  );
  const valueEnd = map.flow === true ? to : Math.max(from, ...ends);
  const newline = text.indexOf('\n', Math.max(from, text[valueEnd - 1] === '\n' ? valueEnd - 1 : valueEnd));
  const line = text.lastIndexOf('\n', from) + 1;
  return {
    name: read('name'),
    component: read('component'),
    explained: map.has('because'),
    indent: text.slice(line, from).indexOf('-'),
    end: newline < 0 ? text.length + (text.endsWith('\n') ? 0 : 1) : newline + 1,
    ...(map.flow === true ? { brace: text.slice(0, to).trimEnd().lastIndexOf('}') } : {}),
  };
}

/** After the nearest before it by name among those of its component, where these are in order. */
function placeFor({ name }: Family, entries: readonly Entry[], component: string): number | undefined {
  const own = entries.filter((entry) => entry.component === component);
  return own.findLast((entry) => entry.name < name)?.end ?? own[0]?.end;
}

function textFor(family: Family, component: string, source: string, indent: number): string {
  const { name, type, help, unit, labels, buckets, quantiles } = family;
  const entry = {
    name,
    component,
    type: type === 'unknown' ? 'untyped' : type,
    ...(labels.size === 0 && quantiles.length === 0
      ? {}
      : { labels: [...labels.keys(), ...(quantiles.length > 0 ? ['quantile'] : [])] }),
    ...(quantiles.length === 0 ? {} : { values: { quantile: quantiles } }),
    ...(unit === '' ? {} : { unit }),
    ...(buckets.length === 0 ? {} : { buckets }),
    help: help === '' ? 'says nothing of itself' : help,
    source,
    note: UNCHECKED,
  };
  const document = new Document([entry]);
  visit(document, {
    Seq(key, list) {
      // Lists of labels and buckets in one line, as the rest of the file has them.
      if (key !== null) list.flow = true;
    },
  });
  const lines = document.toString({ lineWidth: 0, flowCollectionPadding: false });
  return lines.replace(/^(?=.)/gm, ' '.repeat(indent));
}

/** Nobody has said that upstream dropped it: the mark says what is known. It goes on "which …", as `because` does. */
function markGone({ end, indent, brace, explained }: Entry, source: string): { at: number; insert: string } {
  const why = explained ? [] : [`because: ${JSON.stringify(`was not seen in ${source}`)}`];
  const fields = ['deprecated: true', ...why];
  return brace === undefined
    ? { at: end, insert: fields.map((field) => `${' '.repeat(indent + 2)}${field}\n`).join('') }
    : { at: brace, insert: brace > 0 ? `, ${fields.join(', ')} ` : '' };
}
