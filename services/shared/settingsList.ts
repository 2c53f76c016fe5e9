import { z } from 'zod';
import { variableOf } from './settings.ts';

/** One thing that can be set. */
export interface Setting {
  /** As in a file: `tls.cert`. */
  readonly path: string;
  /** `CHAINWATCH_SETTING_TLS__CERT` */
  readonly variable: string;
  /** What is to be written: `text`, `number`, `duration`, `host:port`, `list`, `yaml`, or the words that are known. */
  readonly holds: string;
  /** As it would be written; undefined where there is none. */
  readonly byDefault: string | undefined;
  /** In our words; empty where the schema says nothing. */
  readonly about: string;
}

/** What a field may say of itself, beside its description: what is to be written, where its type alone does not tell. */
export interface FieldMeta {
  readonly holds: string;
}

/**
 * All that a settings schema knows, in its order; what stands below another one by itself.
 *
 * @param schema a strict object schema
 */
export function listSettings(schema: unknown, above: readonly string[] = []): Setting[] {
  const { inner } = layersOf(schema);
  if (!(inner instanceof z.ZodObject)) return [];
  return Object.entries(inner.shape).flatMap(([key, field]) => {
    const path = [...above, key];
    const { inner: below, about, byDefault, holds } = layersOf(field);
    if (below instanceof z.ZodObject) return listSettings(below, path);
    return [{ path: path.join('.'), variable: variableOf(path), holds: holds ?? holdsOf(below), byDefault, about }];
  });
}

interface Layers {
  readonly inner: unknown;
  readonly about: string;
  readonly byDefault: string | undefined;
  readonly holds: string | undefined;
}

/** What a field is, behind `default`, `prefault`, `optional` and `transform`, and what they say on the way; the outermost says it. */
function layersOf(field: unknown): Layers {
  if (!(field instanceof z.ZodType)) return { inner: field, about: '', byDefault: undefined, holds: undefined };
  const meta = field.meta() ?? {};
  const own = {
    about: field.description ?? '',
    holds: typeof meta.holds === 'string' ? meta.holds : undefined,
    byDefault:
      field instanceof z.ZodDefault || field instanceof z.ZodPrefault ? written(field.def.defaultValue) : undefined,
  };
  const next = wrapped(field);
  if (next === undefined) return { inner: field, ...own };
  const below = layersOf(next);
  return {
    inner: below.inner,
    about: own.about === '' ? below.about : own.about,
    holds: own.holds ?? below.holds,
    byDefault: own.byDefault ?? below.byDefault,
  };
}

function wrapped(field: z.ZodType): unknown {
  if (field instanceof z.ZodDefault || field instanceof z.ZodPrefault) return field.unwrap();
  if (field instanceof z.ZodOptional || field instanceof z.ZodNullable) return field.unwrap();
  return field instanceof z.ZodPipe ? field.in : undefined;
}

function written(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function holdsOf(field: unknown): string {
  if (field instanceof z.ZodEnum) return field.options.join('|');
  if (field instanceof z.ZodUnion) return [...new Set(field.options.map(holdsOf))].join('|');
  if (field instanceof z.ZodLiteral) return [...field.values].map(String).join('|');
  if (field instanceof z.ZodBoolean) return 'true|false';
  if (field instanceof z.ZodNumber) return 'number';
  if (field instanceof z.ZodURL) return 'url';
  if (field instanceof z.ZodString) return 'text';
  // Of texts: what is more can be written as YAML in one line, and is better off in a file.
  if (field instanceof z.ZodArray) return holdsOf(layersOf(field.element).inner) === 'yaml' ? 'yaml' : 'list';
  return 'yaml';
}
