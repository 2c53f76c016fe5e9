/** JSON Schemas as kubeconform reads them, from what Kubernetes and CRDs say of themselves. Pure. */
import { z } from 'zod';

export type Schema = { readonly [key: string]: unknown };

/** A kind's schema, and where kubeconform looks for it below its schema location. */
export interface KindSchema {
  readonly file: string;
  readonly schema: Schema;
}

const groupVersionKind = z.object({ group: z.string(), version: z.string(), kind: z.string() });
const definitionSchema = z.looseObject({ 'x-kubernetes-group-version-kind': z.array(groupVersionKind).optional() });
const swaggerSchema = z.object({ definitions: z.record(z.string(), definitionSchema) });
const crdSchema = z.object({
  spec: z.object({
    group: z.string(),
    names: z.object({ kind: z.string() }),
    versions: z.array(
      z.object({ name: z.string(), schema: z.object({ openAPIV3Schema: z.record(z.string(), z.unknown()) }) }),
    ),
  }),
});

const REFERENCE = '#/definitions/';
// What the OpenAPI text cannot say: these take a number as well as a string.
const NUMBER_OR_STRING = { oneOf: [{ type: 'string' }, { type: 'number' }] };
const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity';

/**
 * The kinds of one Kubernetes version, each with the definitions that it reaches: `<kind>-<group>-<version>.json`. Strict: a field that the
 * version does not know is an error, as it is for `kubectl --validate=strict`.
 * @param swagger `api/openapi-spec/swagger.json` of that version
 */
export function kubernetesSchemas(swagger: unknown): readonly KindSchema[] {
  const { definitions } = swaggerSchema.parse(swagger);
  const strict = new Map(Object.entries(definitions).map(([name, definition]) => [name, strictOf(definition)]));
  strict.set(QUANTITY, NUMBER_OR_STRING);

  const kinds: KindSchema[] = [];
  for (const [name, definition] of Object.entries(definitions)) {
    for (const { group, version, kind } of definition['x-kubernetes-group-version-kind'] ?? []) {
      const own = strict.get(name);
      // Options of deletion and events of a watch belong to many groups, and nobody writes them into a manifest.
      if (!own || !hasKind(own)) continue;
      const reached = reachedFrom(own, strict);
      const suffix = [group.split('.')[0], version].filter((part) => part !== '').join('-');
      kinds.push({
        file: `${kind.toLowerCase()}-${suffix}.json`,
        schema: { ...ofKind(own, group === '' ? version : `${group}/${version}`, kind), definitions: reached },
      });
    }
  }
  return kinds.sort(byFile);
}

/** The served versions of a CustomResourceDefinition: `<group>/<kind>_<version>.json`. Strict, like the above. */
export function crdSchemas(crd: unknown): readonly KindSchema[] {
  const { group, names, versions } = crdSchema.parse(crd).spec;
  return versions
    .map(({ name, schema }) => {
      const own = strictOf(schema.openAPIV3Schema);
      const properties = { ...record(own.properties), metadata: { type: 'object' } };
      return {
        file: `${group}/${names.kind.toLowerCase()}_${name}.json`,
        schema: ofKind({ ...own, properties }, `${group}/${name}`, names.kind),
      };
    })
    .sort(byFile);
}

function ofKind(schema: Schema, apiVersion: string, kind: string): Schema {
  const properties = { ...record(schema.properties), apiVersion: { const: apiVersion }, kind: { const: kind } };
  const required = new Set([...(Array.isArray(schema.required) ? schema.required : []), 'apiVersion', 'kind']);
  return { $schema: 'http://json-schema.org/draft-07/schema#', ...schema, properties, required: [...required] };
}

/** The same without words, and with no room for fields that it does not name. */
function strictOf(schema: Schema): Schema {
  if (schema['x-kubernetes-int-or-string'] === true || schema.format === 'int-or-string') return NUMBER_OR_STRING;
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'description' || key === 'format' || key === 'default' || key.startsWith('x-kubernetes-')) continue;
    if (key === 'properties') result[key] = mapValues(record(value), (each) => strictOf(record(each)));
    else if (key === 'items' || key === 'additionalProperties')
      result[key] = typeof value === 'boolean' ? value : strictOf(record(value));
    else if (key === 'allOf' || key === 'anyOf' || key === 'oneOf' || key === 'not') continue;
    else result[key] = value;
  }
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true;
  if ('properties' in result && !('additionalProperties' in result) && !open) result.additionalProperties = false;
  if (schema.nullable === true && typeof result.type === 'string') result.type = [result.type, 'null'];
  return result;
}

function reachedFrom(schema: Schema, all: ReadonlyMap<string, Schema>): Schema {
  const reached: Record<string, Schema> = {};
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const each of value) visit(each);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    for (const [key, each] of Object.entries(value)) {
      if (key !== '$ref' || typeof each !== 'string') {
        visit(each);
        continue;
      }
      const name = each.slice(REFERENCE.length);
      const found = all.get(name);
      if (!found) throw new Error(`the OpenAPI text refers to ${name}, which it does not define`);
      if (name in reached) continue;
      reached[name] = found;
      visit(found);
    }
  };
  visit(schema);
  return Object.fromEntries(Object.entries(reached).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function hasKind(schema: Schema): boolean {
  const properties = record(schema.properties);
  return 'kind' in properties && 'metadata' in properties;
}

function record(value: unknown): Schema {
  return z.record(z.string(), z.unknown()).catch({}).parse(value);
}

function mapValues<T>(from: Schema, change: (value: unknown) => T): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(from).map(([key, value]) => [key, change(value)]));
}

function byFile(a: KindSchema, b: KindSchema): number {
  return a.file < b.file ? -1 : 1;
}
