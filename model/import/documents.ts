/** The documents of a YAML or JSON file that somebody else wrote, with the line of everything in them. */
import { type Document, LineCounter, parseAllDocuments } from 'yaml';
import { type Places, placesIn } from '../rules/lines.ts';
import type { Remark } from './types.ts';

export interface SourceDocument {
  readonly file: string;
  readonly value: unknown;
  readonly places: Places;
}

export interface ReadDocuments {
  readonly documents: readonly SourceDocument[];
  readonly remarks: readonly Remark[];
}

/** More copies by "*name" than a person writes would fill the memory. */
const MOST_ALIASES = 100;

/** Never throws: what cannot be read is named. JSON is YAML. */
export function readDocuments(text: string, file: string): ReadDocuments {
  const counter = new LineCounter();
  const remarks: Remark[] = [];
  const say = (line: number, message: string) => remarks.push({ file, line, message, kind: 'fault' });
  const documents = parsed(text, counter, (fault) => say(1, `cannot be read: ${fault}`)).flatMap((document) => {
    // Only the first: what comes after it is mostly its consequence.
    const [fault] = document.errors;
    if (fault) {
      say(
        counter.linePos(fault.pos[0]).line || 1,
        `cannot be read: ${fault.message.split('\n')[0]?.replace(/ at line \d+.*$/, '')}`,
      );
      return [];
    }
    try {
      const value: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
      return value === null || value === undefined ? [] : [{ file, value, places: placesIn(document, counter) }];
    } catch (error) {
      say(1, `cannot be read: ${error instanceof Error ? error.message : String(error)}`);
      return [];
    }
  });
  return { documents, remarks };
}

/** What is nested thousands of times is more than the parser takes. */
function parsed(text: string, counter: LineCounter, onFault: (fault: string) => void): Document[] {
  try {
    return [...parseAllDocuments(text, { lineCounter: counter, merge: true })];
  } catch (error) {
    onFault(
      error instanceof RangeError ? 'it is nested too deep' : error instanceof Error ? error.message : String(error),
    );
    return [];
  }
}

/** A part of a document, with the way to it. */
export class Part {
  readonly document: SourceDocument;
  readonly path: readonly PropertyKey[];
  readonly value: unknown;

  /** @param value what the path leads to */
  constructor(document: SourceDocument, path: readonly PropertyKey[], value: unknown) {
    this.document = document;
    this.path = path;
    this.value = value;
  }

  static whole(document: SourceDocument): Part {
    return new Part(document, [], document.value);
  }

  get file(): string {
    return this.document.file;
  }

  get line(): number {
    return this.document.places.at(this.path) ?? 1;
  }

  /** Of a place in the text that this is. */
  lineAt(offset: number): number {
    return this.document.places.within(this.path, offset) ?? this.line;
  }

  has(key: string): boolean {
    return typeof this.value === 'object' && this.value !== null && Object.hasOwn(this.value, key);
  }

  /** What is there under one of these keys; of a part that has none of them the value is `undefined`. */
  at(...keys: readonly string[]): Part {
    const key = keys.find((each) => this.has(each)) ?? keys[0] ?? '';
    const value: unknown = this.has(key) ? Reflect.get(Object(this.value), key) : undefined;
    return new Part(this.document, [...this.path, key], value);
  }

  /** The parts of a list; none where it is no list. */
  get items(): Part[] {
    const list: readonly unknown[] = Array.isArray(this.value) ? this.value : [];
    return list.map((value, index) => new Part(this.document, [...this.path, index], value));
  }

  /** Empty where it is neither a text nor a number. */
  get text(): string {
    return typeof this.value === 'string'
      ? this.value
      : typeof this.value === 'number' || typeof this.value === 'boolean'
        ? String(this.value)
        : '';
  }

  /** A mapping of texts. What is no text is written as one. */
  get texts(): Record<string, string> {
    const entries =
      typeof this.value === 'object' && this.value !== null && !Array.isArray(this.value)
        ? Object.entries(this.value)
        : [];
    return Object.fromEntries(
      entries
        .filter(([, value]) => value !== null)
        .map(([key, value]) => [key, typeof value === 'object' ? JSON.stringify(value) : String(value)]),
    );
  }
}
