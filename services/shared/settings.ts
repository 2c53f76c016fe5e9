import { readFileSync } from 'node:fs';
import { parse, parseDocument } from 'yaml';
import { z } from 'zod';
import { codeOf, messageOf } from './fault.ts';
import { inWords } from './inWords.ts';
import { nearest } from './nearest.ts';

/** Where settings come from; a later source wins: defaults, file, environment, flags. */
export interface SettingsSources {
  /** YAML or JSON. A path is relative to the working directory. */
  readonly file?: string | undefined;
  /** Variables named CHAINWATCH_SETTING_<KEY>; the key in capitals with `_` between words, `__` one level deeper. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Keys as in the file, `tls.cert` for one below another; undefined counts as not given. */
  readonly flags?: Readonly<Record<string, unknown>>;
}

export interface SettingsProblem {
  /** `retention`, `grafana.secretFile`; empty for the file as a whole. */
  readonly path: string;
  readonly reason: string;
}

/** Settings that a service refuses to start on. */
export class SettingsError extends Error {
  override name = 'SettingsError';
  readonly problems: readonly SettingsProblem[];

  constructor(problems: readonly SettingsProblem[]) {
    super(problems.map(({ path, reason }) => (path === '' ? reason : `${path}: ${reason}`)).join('\n'));
    this.problems = problems;
  }
}

// Not `CHAINWATCH_<SERVICE>_…`: Kubernetes puts CHAINWATCH_RECEIVER_PORT=tcp://… beside a Service of that name.
const ENV_PREFIX = 'CHAINWATCH_SETTING_';

/** The variable of a setting, named by its keys from the outermost on: `CHAINWATCH_SETTING_TLS__CERT`. */
export function variableOf(path: readonly string[]): string {
  return ENV_PREFIX + path.map((key) => key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()).join('__');
}

/** What a text, of a variable or an option, sets: `9` is a number where no text is wanted. @param path `tls.cert` */
export function valueIn(schema: unknown, path: string, text: string): unknown {
  return wantsText(schema, path.split('.')) ? text : scalar(text);
}

/**
 * Reads a service's settings.
 *
 * @param schema a strict object schema
 * @throws SettingsError with every problem at once
 */
export function loadSettings<S>(schema: z.ZodType<S>, sources: SettingsSources): S {
  const problems: SettingsProblem[] = [];
  const merged = sources.file === undefined ? {} : readSettingsFile(sources.file, problems);
  for (const [name, value] of Object.entries(sources.env ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!name.startsWith(ENV_PREFIX) || value === undefined) continue;
    const path = name.slice(ENV_PREFIX.length).split('__').map(camelCase);
    setPath(merged, path, wantsText(schema, path) ? value : scalar(value));
  }
  for (const [key, value] of Object.entries(sources.flags ?? {})) {
    if (value !== undefined) setPath(merged, key.split('.'), value);
  }
  if (problems.length > 0) throw new SettingsError(problems);
  const result = schema.safeParse(merged);
  if (result.success) return result.data;
  throw new SettingsError(result.error.issues.flatMap((issue) => describeIssue(issue, schema)));
}

function readSettingsFile(path: string, problems: SettingsProblem[]): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const why = codeOf(error) === 'ENOENT' ? 'does not exist' : `cannot be read: ${messageOf(error)}`;
    problems.push({ path: '', reason: `the settings file ${path} ${why}` });
    return {};
  }
  const document = parseDocument(text);
  for (const error of document.errors) {
    const line = error.linePos?.[0].line;
    const place = line === undefined ? path : `${path}:${line}`;
    problems.push({ path: '', reason: `${place}: ${error.message.split('\n')[0]}` });
  }
  if (document.errors.length > 0) return {};
  try {
    const content: unknown = document.toJS() ?? {};
    if (isMapping(content)) return content;
    problems.push({ path: '', reason: `${path} holds no mapping of settings` });
  } catch (error) {
    // An alias without its anchor is well-formed YAML, and yet stands for nothing.
    problems.push({ path: '', reason: `${path}: ${messageOf(error)}` });
  }
  return {};
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function camelCase(name: string): string {
  return name.toLowerCase().replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function scalar(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return text;
  }
}

function setPath(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let here = target;
  for (const key of path.slice(0, -1)) {
    const below = here[key];
    const next = isMapping(below) ? below : {};
    here[key] = next;
    here = next;
  }
  const last = path.at(-1);
  if (last !== undefined) here[last] = value;
}

/** The schema of one key, seen through `default`, `prefault`, `optional` and `transform`. */
function schemaAt(schema: unknown, path: readonly PropertyKey[]): unknown {
  let here = unwrap(schema);
  for (const key of path) {
    if (!(here instanceof z.ZodObject)) return undefined;
    here = unwrap(here.shape[String(key)]);
  }
  return here;
}

function unwrap(schema: unknown): unknown {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return unwrap(schema.unwrap());
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return unwrap(schema.unwrap());
  return schema instanceof z.ZodPipe ? unwrap(schema.in) : schema;
}

function wantsText(schema: unknown, path: readonly string[]): boolean {
  const field = schemaAt(schema, path);
  return field instanceof z.ZodString || field instanceof z.ZodEnum;
}

function describeIssue(issue: z.core.$ZodIssue, schema: unknown): SettingsProblem[] {
  const path = issue.path.map(String).join('.');
  if (issue.code !== 'unrecognized_keys') return [{ path, reason: inWords(issue) }];
  const around = schemaAt(schema, issue.path);
  const known = around instanceof z.ZodObject ? Object.keys(around.shape) : [];
  return issue.keys.map((key) => ({
    path: path === '' ? key : `${path}.${key}`,
    reason: `unknown setting; ${meant(key, known)}`,
  }));
}

function meant(key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  return near === undefined ? `known are ${[...known].sort().join(', ')}` : `did you mean "${near}"?`;
}
