import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { draftNetwork, networkInput } from '../../../cli/init/draft.ts';
import { draftReceiver } from '../../../cli/init/draftStack.ts';
import { insertNetwork } from '../../../cli/init/edit.ts';
import { emitBlock } from '../../../cli/init/emit.ts';
import { fieldAt, fieldsOf, inputSchema, parseField } from '../../../cli/init/fields.ts';
import { preview } from '../../../cli/init/preview.ts';
import { paint } from '../../../cli/output.ts';
import type { ChainFacts } from '../../../config/knowledge.ts';
import { parseStack } from '../../../config/parse.ts';
import { oneLineText } from '../../fixtures/text.ts';
import { known } from '../../fixtures/toy.ts';

function toy(): ChainFacts {
  const facts = known.forConfig.get('toy');
  if (!facts) throw new Error('the toy chain is gone');
  return facts;
}

describe('the questions come from the schema of the chain', () => {
  const schema = inputSchema(
    z.strictObject({
      chainId: z.number().int(),
      l1: z.strictObject({ chainId: z.number().int(), rpcUrls: z.array(z.string()).default([]) }),
      extra: z.strictObject({ name: z.string() }).optional(),
      mode: z.enum(['fast', 'slow']).default('fast'),
      token: z.strictObject({ secret: z.string() }).optional(),
    }),
  );

  test('leaf by leaf, needed where everything above it is needed', () => {
    expect(fieldsOf(schema).map(({ path, required }) => [path, required])).toEqual([
      ['chainId', true],
      ['l1.chainId', true],
      ['l1.rpcUrls', false],
      ['extra.name', false],
      ['mode', false],
      ['token', false],
    ]);
  });

  test('what every network has is asked for by other means', () => {
    expect(fieldsOf(networkInput(toy()), ['chain', 'nodes', 'engine', 'alerts']).map(({ path }) => path)).toContain(
      'rpc.urls',
    );
    expect(fieldsOf(networkInput(toy()), ['nodes']).map(({ path }) => path)).not.toContain('nodes.toy-node');
  });

  test.each<[string, string, unknown]>([
    ['chainId', '901', 901],
    ['chainId', 'many', 'many'],
    ['l1.rpcUrls', 'https://a.example, https://b.example', ['https://a.example', 'https://b.example']],
    ['l1.rpcUrls', '["https://a.example"]', ['https://a.example']],
    ['mode', 'slow', 'slow'],
    ['token', 'rpcToken', { secret: 'rpcToken' }],
    ['token', 'secret:rpcToken', { secret: 'rpcToken' }],
    // An address is text, although YAML would read a number.
    ['extra.name', '0x10', '0x10'],
  ])('%s: %s', (path, typed, value) => {
    expect(parseField(fieldAt(schema, path), typed)).toEqual(value);
  });

  test('a field that does not exist is answered with the nearest', () => {
    expect(() => fieldAt(schema, 'chainID')).toThrow('unknown field "chainID"; did you mean "chainId"?');
    expect(() => fieldAt(schema, 'l1.rpcUrl')).toThrow('unknown field of l1 "rpcUrl"; did you mean "rpcUrls"?');
  });
});

describe('a network from flags', () => {
  const flags = { node: [], simulated: false, set: [] };

  test('says what was said, in the kinds of the schema', () => {
    const node = ['toy-node=10.0.0.1:9000', 'toy-node=b@10.0.0.2:9000'];
    const set = [
      'chainId=12',
      'rpc.urls=https://a.example,secret:rpcUrl',
      'labels.team=x',
      'alerts.BalanceLow.threshold=2 ETH',
    ];
    expect(draftNetwork({ ...flags, node, set }, toy())).toEqual({
      chain: 'toy',
      nodes: { 'toy-node': ['10.0.0.1:9000', { name: 'b', address: '10.0.0.2:9000' }] },
      chainId: 12,
      rpc: { urls: ['https://a.example', { secret: 'rpcUrl' }] },
      labels: { team: 'x' },
      alerts: { BalanceLow: { threshold: '2 ETH' } },
    });
  });

  test('all that is wrong is told at once', () => {
    const draft = () =>
      draftNetwork({ ...flags, node: ['toy-nod=1.2.3.4:5', 'toy-node'], set: ['chainID=1', 'chainId', '=3'] }, toy());
    expect(draft).toThrow('--node toy-nod=1.2.3.4:5: unknown component "toy-nod"; did you mean "toy-node"?');
    expect(draft).toThrow('--node toy-node: expected component=host:port');
    expect(draft).toThrow('--set chainID: unknown field "chainID"; did you mean "chainId"?');
    expect(draft).toThrow('--set chainId: expected key=value');
    expect(draft).toThrow('--set =3: expected key=value');
  });
});

describe('a receiver from flags', () => {
  test('gets a secret of its own for what it needs', () => {
    expect(draftReceiver('slack', ['channel=#x'])).toEqual({
      slack: { webhook: { secret: 'slackWebhook' }, channel: '#x' },
    });
    expect(draftReceiver('pagerduty', [])).toEqual({ pagerduty: { routingKey: { secret: 'pagerdutyRoutingKey' } } });
    expect(draftReceiver('telegram', ['chatId=-5', 'botToken=myBot'])).toEqual({
      telegram: { botToken: { secret: 'myBot' }, chatId: -5 },
    });
  });

  test('an unknown channel is answered with the nearest', () => {
    expect(() => draftReceiver('slak', [])).toThrow('unknown field "slak"; did you mean "slack"?');
  });
});

const FILE = `# the team's file
config:
  # networks first
  chainwatch:networks:
    one:   # the first
      chain: toy
      nodes: { toy-node: ["10.0.0.1:9000"] }   # one node
      # about one
    # about the next
  chainwatch:prometheus:
    scrapeInterval: 15s
`;

describe('a network put into a file', () => {
  const network = { chain: 'toy', nodes: { 'toy-node': ['10.0.0.2:9000'] } };

  test('stands behind the last, and everything else stays to the byte', () => {
    const edited = insertNetwork(FILE, 'two', network);
    const block = '    two:\n      chain: toy\n      nodes:\n        toy-node: ["10.0.0.2:9000"]\n';
    expect(edited).toBe(FILE.replace('      # about one\n', `      # about one\n${block}`));
  });

  test.each([
    ['no such key', 'config:\n  # rest\n  chainwatch:prometheus: { scrapeInterval: 15s }\n'],
    ['nothing after the colon', 'config:\n  chainwatch:networks: # none yet\n  chainwatch:prometheus: {}\n'],
    ['an empty object', 'config:\n  chainwatch:networks: {} # none yet\n'],
    [
      'an object on one line',
      'config:\n  chainwatch:networks: { one: { chain: toy, nodes: { toy-node: ["10.0.0.1:9"] } } }\n',
    ],
    [
      'no line break at the end',
      'config:\n  chainwatch:networks:\n    one:\n      chain: toy\n      nodes: { toy-node: ["10.0.0.1:9"] }',
    ],
    [
      'deep indentation',
      'config:\n    chainwatch:networks:\n        one:\n            chain: toy\n            nodes: {}\n',
    ],
    [
      'a list at the end',
      'config:\n  chainwatch:networks:\n    one:\n      chain: toy\n      nodes:\n        toy-node:\n        - "10.0.0.1:9"\n\n\n',
    ],
    ['windows line ends', 'config:\r\n  chainwatch:networks:\r\n    one:\r\n      chain: toy\r\n      nodes: {}\r\n'],
  ])('also where there is %s', (_, text) => {
    const edited = insertNetwork(text, 'two', network);
    const [before, after] = [parse(text), parse(edited)];
    const networks = { ...before.config['chainwatch:networks'], two: network };
    expect(after).toEqual({ config: { ...before.config, 'chainwatch:networks': networks } });
    for (const comment of text.match(/#.*/g) ?? []) expect(edited).toContain(comment);
  });

  test('never over one of the same name', () => {
    expect(() => insertNetwork(FILE, 'one', network)).toThrow('network one is there already, in line 5');
  });

  test('the preview shows the new lines and some around', () => {
    const text = preview(FILE, insertNetwork(FILE, 'two', network), paint({ color: false }));
    expect(text).toContain('+     two:\n+       chain: toy\n');
    expect(text).toContain('      # about the next\n');
    expect(text).not.toContain("# the team's file");
    expect(text).not.toContain('- ');
  });

  test('several, one after the other, make a stack that parses', () => {
    const text = ['b', 'a', 'c'].reduce(
      (sofar, name, index) =>
        insertNetwork(sofar, name, { ...network, nodes: { 'toy-node': [`10.0.1.${index}:9000`] } }),
      FILE,
    );
    const stack = parseStack(parse(text).config, { environment: 'dev', knowledge: known.forConfig });
    expect(stack.networks.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'one']);
  });
});

describe('YAML as we write it', () => {
  const key = fc.stringMatching(/^[a-z][A-Za-z0-9:_-]{0,8}$/);
  const scalar = fc.oneof(
    fc.string(),
    oneLineText(),
    fc.constantFrom(
      'true',
      'no',
      'null',
      '0x10',
      '1e3',
      '~',
      '- a',
      'a: b',
      'a #b',
      '10m',
      '2GiB',
      'https://a.example/x',
      '',
    ),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
    fc.boolean(),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      scalar,
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(key, tie('value'), { maxKeys: 3 }),
    ),
  }));

  test('is read back as the same', () => {
    fc.assert(
      fc.property(
        fc.dictionary(key, value, { minKeys: 1, maxKeys: 4, noNullPrototype: true }),
        fc.constantFrom(0, 2, 6),
        (record, indent) => {
          expect(parse(emitBlock(record, indent))).toEqual(record);
        },
      ),
    );
  });

  test('looks as one would write it', () => {
    const text = emitBlock(
      { chain: 'toy', wait: '10m', rpc: { urls: ['https://a.example', { secret: 'x' }] }, token: { secret: 'own' } },
      2,
    );
    expect(text).toBe(
      '  chain: toy\n  wait: 10m\n  rpc:\n    urls:\n      - https://a.example\n      - { secret: x }\n  token: { secret: own }\n',
    );
  });
});
