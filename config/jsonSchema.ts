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
  const networks = chains.map((chain) => withAlertNames(toJson(networkSchema(chain)), [...chain.alerts.keys()]));
  const system = withAlertNames(toJson(sections.system), [...(knowledge.get('system')?.alerts.keys() ?? [])]);
  const own: Json = {
    'chainwatch:environment': { enum: ['dev', 'testnet', 'mainnet'] },
    'chainwatch:networks': { type: 'object', additionalProperties: { oneOf: networks } },
    'chainwatch:secrets': { type: 'object', description: 'Written by: pulumi config set --secret --path' },
  };
  for (const [key, schema] of Object.entries(sections))
    own[`chainwatch:${key}`] = key === 'system' ? system : toJson(schema);
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
  };
}

function toJson(schema: z.ZodType): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    reused: 'inline',
  }) as Json;
  return json;
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
