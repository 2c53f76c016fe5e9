import { describe, expect, test } from 'vitest';
import { engineConfig } from '../../../config/engine.ts';
import { ConfigError } from '../../../config/faults.ts';

const read = (secrets: Readonly<Record<string, unknown>>, more: Readonly<Record<string, string>> = {}) =>
  engineConfig(
    { 'chainwatch:secrets': JSON.stringify(secrets), 'other:key': 'x', ...more },
    ['chainwatch:secrets'],
    'dev',
  );
const LONG = 'a'.repeat(16);

describe('secrets as the engine hands them over', () => {
  test('are known by name alone', () => {
    expect(read({ slackWebhook: 'https://hooks.example/hunter2', receiverToken: LONG })).toEqual({
      'chainwatch:secrets': { slackWebhook: { secure: '' }, receiverToken: { secure: '' } },
    });
  });

  test('must not be empty, and a token of ours not so short that the receiver refuses it: all in one error', () => {
    const both = () => read({ slackWebhook: ' \n', receiverToken: LONG.slice(1), deadmanUrl: 'x' });
    expect(both).toThrow(ConfigError);
    expect(both).toThrow('chainwatch:secrets.slackWebhook: is empty; set it: pulumi config set --secret');
    expect(both).toThrow('chainwatch:secrets.receiverToken: is shorter than 16 characters');
    expect(both).not.toThrow('deadmanUrl');
  });

  test.each([LONG, `# the new one\n${LONG}\n\n${LONG}b\n`])(
    '%j is a token that the receiver takes',
    (receiverToken) => {
      expect(() => read({ receiverToken })).not.toThrow();
    },
  );

  test.each([
    '1234567890123456k',
    'two words of a token',
    'quote"quote"quote',
    'a,b,c,d,e,f,g,h,i',
    `${LONG}\n${LONG}`,
  ])('%j is no token of a NATS that is brought along, which reads it as configuration', (natsToken) => {
    const brought = { 'chainwatch:services': '{"aggregator":{"replicas":3,"nats":{"install":true}}}' };
    const message = 'chainwatch:secrets.natsToken: is not a letter with letters and digits';
    expect(() => read({ natsToken }, brought)).toThrow(message);
    expect(() => read({ natsToken: 'abcdefgh12345678' }, brought)).not.toThrow();
    expect(() => read({ natsToken })).not.toThrow();
  });

  test.each([` ${LONG.slice(1)} `, `${LONG}\nshort`])('%j is none', (receiverToken) => {
    expect(() => read({ receiverToken })).toThrow('is shorter than 16 characters');
  });
});
