/**
 * The fields that a part of the stack file may have, read from its own schema: so the questions and flags of a new chain need no line
 * here. And what a person types for one, turned into its value.
 */
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { unknownName } from '../../config/faults.ts';
import { CliError } from '../errors.ts';

export type JsonSchema = z.core.JSONSchema.JSONSchema;

export interface Field {
  /** `l1.chainId` */
  readonly path: string;
  readonly required: boolean;
  readonly schema: JsonSchema;
}

/** The schema of what a person types, defaults not yet filled in. */
export function inputSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' });
}

/** The leaves, in the order of the schema. @param without first names that are left out */
export function fieldsOf(schema: JsonSchema, without: readonly string[] = []): Field[] {
  const leaves = (at: JsonSchema, path: string, required: boolean): Field[] =>
    Object.entries(at.properties ?? {}).flatMap(([name, property]): Field[] => {
      if (typeof property === 'boolean' || (path === '' && without.includes(name))) return [];
      const here = path === '' ? name : `${path}.${name}`;
      const needed = required && (at.required ?? []).includes(name);
      const nested = property.type === 'object' && property.properties !== undefined && !isSecret(property);
      return nested ? leaves(property, here, needed) : [{ path: here, required: needed, schema: property }];
    });
  return leaves(schema, '', true);
}

/** @throws CliError where the schema has no such field */
export function fieldAt(schema: JsonSchema, path: string): JsonSchema {
  let at = schema;
  const walked: string[] = [];
  for (const name of path.split('.')) {
    const property = Object.hasOwn(at.properties ?? {}, name) ? at.properties?.[name] : at.additionalProperties;
    if (typeof property !== 'object') {
      const where = walked.length > 0 ? ` of ${walked.join('.')}` : '';
      throw new CliError(unknownName(`field${where}`, name, Object.keys(at.properties ?? {})));
    }
    at = property;
    walked.push(name);
  }
  return at;
}

/**
 * What was typed, as the schema's kind of value: `1` a number, `a,b` a list, `secret:name` a reference, `{…}` and `[…]` YAML. Whether it
 * is right is the schema's to say.
 * @throws CliError where it cannot be that kind
 */
export function parseField(schema: JsonSchema, text: string): unknown {
  const reference = /^(secret|service):([A-Za-z0-9]+)$/.exec(text);
  const [, kind = '', name] = reference ?? [];
  if (name !== undefined && allows(schema, (each) => each.properties?.[kind] !== undefined)) return { [kind]: name };
  if (isSecret(schema)) return { secret: text };
  if (/^[[{]/.test(text) && !allows(schema, ({ type }) => type === 'string' && !schema.anyOf)) return yamlValue(text);
  if (allows(schema, ({ type }) => type === 'array') && schema.type === 'array') return listOf(schema, text);
  if (allows(schema, ({ type }) => type === 'integer' || type === 'number') && /^[+-]?\d+(\.\d+)?$/.test(text))
    return Number(text);
  if (allows(schema, ({ type }) => type === 'string')) return text;
  if (schema.type === 'boolean') return booleanOf(text);
  return yamlValue(text);
}

export function isSecret({ properties }: JsonSchema): boolean {
  return properties !== undefined && Object.keys(properties).join() === 'secret';
}

export function allowsSecret(schema: JsonSchema): boolean {
  return allows(schema, isSecret);
}

function allows(schema: JsonSchema, test: (schema: JsonSchema) => boolean): boolean {
  return test(schema) || (schema.anyOf ?? []).some((branch) => allows(branch, test));
}

function listOf({ items }: JsonSchema, text: string): unknown[] {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return parts.map((part) => (typeof items === 'object' && !Array.isArray(items) ? parseField(items, part) : part));
}

function booleanOf(text: string): boolean {
  if (/^(true|yes)$/i.test(text)) return true;
  if (/^(false|no)$/i.test(text)) return false;
  throw new CliError(`"${text}" is neither true nor false`);
}

function yamlValue(text: string): unknown {
  try {
    return parseYaml(text);
  } catch {
    throw new CliError(`"${text}" cannot be read as a value; write it as YAML, in quotes for your shell`);
  }
}

/** Puts a value at `l1.chainId`, making what is above it. */
export function setAt(target: Record<string, unknown>, path: string, value: unknown): void {
  const names = path.split('.');
  const last = names.pop() ?? '';
  let at = target;
  for (const name of names) {
    const below = at[name];
    const next: Record<string, unknown> = isRecord(below) ? below : {};
    at[name] = next;
    at = next;
  }
  at[last] = value;
}

export function getAt(target: unknown, path: string): unknown {
  let at = target;
  for (const name of path.split('.')) at = isRecord(at) ? at[name] : undefined;
  return at;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `--set key=value`, several. @throws CliError naming each that is not, or whose field does not exist */
export function applySettings(
  target: Record<string, unknown>,
  schema: JsonSchema,
  settings: readonly string[],
  flag: string,
): void {
  const faults: string[] = [];
  for (const setting of settings) {
    const at = setting.indexOf('=');
    if (at <= 0) {
      faults.push(`${flag} ${setting}: expected key=value, such as ${flag} l1.chainId=1`);
      continue;
    }
    const path = setting.slice(0, at);
    try {
      setAt(target, path, parseField(fieldAt(schema, path), setting.slice(at + 1)));
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      faults.push(`${flag} ${path}: ${error.message}`);
    }
  }
  if (faults.length > 0) throw new CliError(faults.join('\n'));
}
