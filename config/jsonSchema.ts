/** The JSON schema of a stack file, for editors: completion and red lines while one types. */
import { z } from 'zod';
import type { Knowledge } from './knowledge.ts';
import { networkSchema } from './networks.ts';
import { sections } from './stack.ts';

type Json = Record<string, unknown>;

/** @returns a JSON schema (draft 2020-12) of the whole `Pulumi.<stack>.yaml` */
export function stackFileSchema(knowledge: Knowledge): Json {
  const chains = [...knowledge.values()]
    .filter((chain) => chain.scope === 'network')
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const defs: Json = {};
  const networks = chains.map((chain) =>
    withAlertNames(toJson(networkSchema(chain), chain.name, defs), [...chain.alerts.keys()]),
  );
  const own: Json = {
    'chainwatch:environment': { enum: ['dev', 'testnet', 'mainnet'] },
    'chainwatch:networks': { type: 'object', additionalProperties: { oneOf: networks } },
    'chainwatch:secrets': { type: 'object', description: 'Written by: pulumi config set --secret --path' },
  };
  for (const [key, schema] of Object.entries(sections)) own[`chainwatch:${key}`] = toJson(schema, key, defs);
  own['chainwatch:system'] = withAlertNames(own['chainwatch:system'] as Json, [
    ...(knowledge.get('system')?.alerts.keys() ?? []),
  ]);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Chainwatch stack file',
    type: 'object',
    required: ['config'],
    properties: {
      config: {
        type: 'object',
        properties: own,
        patternProperties: { '^(?!chainwatch:)': {} },
        additionalProperties: false,
      },
    },
    ...(Object.keys(defs).length > 0 ? { $defs: defs } : {}),
  };
}

/** No format of JSON schema; the pattern beside it says the same. */
const ZOD_ONLY = 'starts_with';

/** What refers to itself (routes below routes) goes to `defs`, as its references lead to the root of the whole schema. */
function toJson(schema: z.ZodType, name: string, defs: Json): Json {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' }) as Json;
  const { $schema: _, $defs, ...rest } = json;
  const unique = (text: string) => text.replace('__schema', name);
  const rename = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(rename);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).filter(([key, inner]) => key !== 'format' || inner !== ZOD_ONLY);
    return Object.fromEntries(
      entries.map(([key, inner]) => [key, key === '$ref' ? unique(String(inner)) : rename(inner)]),
    );
  };
  for (const [key, definition] of Object.entries(($defs ?? {}) as Json)) defs[unique(key)] = rename(definition);
  return rename(rest) as Json;
}

/** Alert names are data, so they are not in the zod schema; an editor should offer them all the same. */
function withAlertNames(schema: Json, names: readonly string[]): Json {
  const properties = schema.properties as Json | undefined;
  const alerts = properties?.alerts as Json | undefined;
  if (!properties || !alerts) return schema;
  return {
    ...schema,
    properties: { ...properties, alerts: { ...alerts, propertyNames: { enum: [...names].sort() } } },
  };
}
