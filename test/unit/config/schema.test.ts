import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { stackFileSchema } from '../../../config/jsonSchema.ts';
import { parseStack } from '../../../config/parse.ts';
import { allPaths, allValues, everything, put } from '../../fixtures/everything.ts';
import { runs } from '../../fixtures/prove.ts';
import * as real from '../../fixtures/real.ts';
import { known } from '../../fixtures/toy.ts';

function validator(schema: object) {
  const validate = new Ajv2020({
    allErrors: true,
    strictSchema: true,
    allowUnionTypes: true,
    formats: { email: /^\S+@\S+$/ },
  }).compile(schema);
  return (value: unknown) => {
    validate(value);
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  };
}

describe('config/stack.schema.json', () => {
  const path = join(real.ROOT, 'config', 'stack.schema.json');

  test('is what the code says now', () => {
    const now = `${JSON.stringify(stackFileSchema(real.known.forConfig), null, 2)}\n`;
    expect(readFileSync(path, 'utf8') === now, 'regenerate it: npx chainwatch config schema --write').toBe(true);
  });

  test('takes the stack files', () => {
    const validate = validator(JSON.parse(readFileSync(path, 'utf8')));
    expect(real.STACKS.map((name) => validate(parseYaml(real.stackText(name))))).toEqual(real.STACKS.map(() => []));
  });
});

describe('the schema of the toy chain', () => {
  const validate = validator(stackFileSchema(known.forConfig));
  const faultsWith = (path: readonly string[], value: unknown) => {
    const changed = structuredClone(everything);
    put(changed, path, value);
    return validate({ config: changed });
  };

  test('takes a file that says everything, and what Pulumi adds to it', () => {
    expect(validate({ encryptionsalt: 'v1:x', config: everything })).toEqual([]);
  });

  test.each([
    [['chainwatch:network'], {}, 'unevaluated|additional'],
    [['chainwatch:environment'], 'prod', '/config/chainwatch:environment must be equal to one of the allowed values'],
    [
      ['chainwatch:networks', 'net', 'alert'],
      {},
      '/config/chainwatch:networks/net must NOT have additional properties',
    ],
    [['chainwatch:networks', 'net', 'chain'], 'toi', '/config/chainwatch:networks/net/chain must be equal to constant'],
    [['chainwatch:networks', 'net', 'owner'], 1.39e48, '/config/chainwatch:networks/net/owner must be string'],
    [
      ['chainwatch:networks', 'net', 'alerts', 'LagHihg'],
      {},
      '/config/chainwatch:networks/net/alerts must be equal to one of the allowed values',
    ],
    [
      ['chainwatch:networks', 'net', 'alerts', 'LagHigh', 'severity'],
      'none',
      'LagHigh/severity must be equal to one of the allowed values',
    ],
    [
      ['chainwatch:system', 'alerts'],
      { Watchdogs: {} },
      '/config/chainwatch:system/alerts must be equal to one of the allowed values',
    ],
    [['chainwatch:prometheus', 'scrapeInterval'], 15, '/config/chainwatch:prometheus/scrapeInterval must be string'],
    [
      ['chainwatch:notifications', 'routes', '0', 'routes', '0', 'reciever'],
      'a',
      '/config/chainwatch:notifications/routes/0/routes/0 must NOT have additional properties',
    ],
  ])('underlines %j: %j', (path, value, message) => {
    expect(faultsWith(path, value).join('\n')).toMatch(new RegExp(message.replaceAll('/', '\\/')));
  });

  test('never underlines what is right', () => {
    const values = fc.oneof(
      fc.constantFrom(
        '5m',
        '1GiB',
        '0.5 ETH',
        3,
        true,
        [],
        {},
        'info',
        'a:1',
        'https://a.example',
        { secret: 'rpcUrl' },
        '0x4200000000000000000000000000000000000011',
      ),
      // What is right in one place often is in another.
      fc.constantFrom(...allValues(everything)),
      fc.jsonValue({ maxDepth: 1 }),
    );
    const isRight = (config: Readonly<Record<string, unknown>>) => {
      try {
        parseStack(config, { environment: 'test', knowledge: known.forConfig });
        return true;
      } catch {
        return false;
      }
    };
    // One in eight is right: what is wrong is drawn again, so that none of the runs is for nothing.
    fc.assert(
      fc.property(fc.constantFrom(...allPaths(everything)), values, (path, value) => {
        const changed = structuredClone(everything);
        put(changed, path, structuredClone(value));
        fc.pre(isRight(changed));
        expect(validate({ config: changed })).toEqual([]);
      }),
      { numRuns: runs(10) },
    );
  });
});
