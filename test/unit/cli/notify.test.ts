import { describe, expect, test } from 'vitest';
import { describeError } from '../../../cli/errors.ts';
import { findReceiver, integrationsOf, onlyTo } from '../../../cli/notify/config.ts';
import { applyEntry, applyMetrics, type Outcome, parseEntry, UNTRIED } from '../../../cli/notify/outcome.ts';
import { failureOf } from '../../../cli/notify/remedy.ts';
import { planAlertmanager } from '../../../model/alertmanager/routes.ts';
import { stackOf } from '../../fixtures/toy.ts';

function outcomesAfter(integrations: readonly string[], ...lines: readonly object[]): Record<string, Outcome> {
  const outcomes = new Map(integrations.map((name): [string, Outcome] => [name, UNTRIED]));
  for (const line of lines) {
    const entry = parseEntry(JSON.stringify(line));
    if (entry) applyEntry(outcomes, entry, 'team');
  }
  return Object.fromEntries(outcomes);
}

const success = (integration: string) => ({
  level: 'DEBUG',
  msg: 'Notify success',
  receiver: 'team',
  integration,
  attempts: 1,
});
const retry = (integration: string, err: string) => ({
  level: 'WARN',
  msg: 'Notify attempt failed, will retry later',
  integration,
  err,
});
const givenUp = (err: string) => ({ level: 'ERROR', msg: 'Notify for alerts failed', num_alerts: 1, err });

describe("what Alertmanager's log says of each channel", () => {
  test('the message arrived, and later that it is over', () => {
    expect(outcomesAfter(['slack[0]'], success('slack[0]'))).toEqual({ 'slack[0]': { delivered: 1, final: true } });
    expect(outcomesAfter(['slack[0]'], success('slack[0]'), success('slack[0]'))).toEqual({
      'slack[0]': { delivered: 2, final: true },
    });
  });

  test('a try that failed gives the reason, and may still end well', () => {
    const failed = retry('webhook[1]', 'Post "<redacted>": dial tcp 127.0.0.1:9: connect: connection refused');
    expect(outcomesAfter(['webhook[0]', 'webhook[1]'], failed)).toEqual({
      'webhook[0]': UNTRIED,
      'webhook[1]': { delivered: 0, final: false, reason: 'dial tcp 127.0.0.1:9: connect: connection refused' },
    });
    expect(outcomesAfter(['webhook[1]'], failed, success('webhook[1]'))).toEqual({
      'webhook[1]': { delivered: 1, final: true },
    });
  });

  test('several channels that were given up stand in one line', () => {
    const line = givenUp(
      'team/webhook[0]: notify retry canceled due to unrecoverable error after 1 attempts: unexpected status code 400: a; b; team/telegram[0]: notify retry canceled after 5 attempts: context deadline exceeded',
    );
    expect(outcomesAfter(['webhook[0]', 'telegram[0]', 'slack[0]'], line)).toEqual({
      'webhook[0]': { delivered: 0, final: true, reason: 'unexpected status code 400: a; b' },
      'telegram[0]': { delivered: 0, final: true, reason: 'did not answer in time' },
      'slack[0]': UNTRIED,
    });
  });

  test('what failed after the message had arrived does not undo it', () => {
    const later = givenUp('team/slack[0]: notify retry canceled after 2 attempts: context canceled');
    expect(outcomesAfter(['slack[0]'], success('slack[0]'), later)).toEqual({
      'slack[0]': { delivered: 1, final: true },
    });
  });

  test('lines that are no entries are nothing', () => {
    expect(parseEntry('panic: runtime error')).toBeUndefined();
    expect(parseEntry('{"a":1}')).toBeUndefined();
  });
});

describe('its counters, where the log is silent', () => {
  const metrics = (requests: number, failed: number) =>
    [
      `alertmanager_notification_requests_total{integration="slack"} ${requests}`,
      `alertmanager_notification_requests_failed_total{integration="slack"} ${failed}`,
      'alertmanager_notifications_failed_total{integration="slack",reason="other"} 0',
      'alertmanager_notification_requests_total{integration="webhook"} 7',
    ].join('\n');
  const outcomeOf = (text: string) => {
    const outcomes = new Map<string, Outcome>([['slack[0]', UNTRIED]]);
    applyMetrics(outcomes, text);
    return outcomes.get('slack[0]');
  };

  test('one request and no failure: it arrived', () => {
    expect(outcomeOf(metrics(1, 0))).toMatchObject({ delivered: 1 });
  });

  test('a failure, or no request: it did not', () => {
    expect(outcomeOf(metrics(2, 1))).toMatchObject({ delivered: 0, reason: expect.stringContaining('failed') });
    expect(outcomeOf(metrics(0, 0))).toEqual(UNTRIED);
  });
});

describe('the configuration', () => {
  const plan = planAlertmanager(
    stackOf({
      notifications: {
        receivers: {
          team: {
            webhook: { url: 'https://example.org/hook' },
            email: { to: ['a@example.org', 'b@example.org'], from: 'c@example.org', smarthost: 'mail:25' },
          },
        },
        default: 'team',
      },
    }),
  );

  test('leads to that receiver alone, with nothing between', () => {
    const only = onlyTo(findReceiver(plan, 'team'));
    expect(only.receivers.map(({ name }) => name)).toEqual(['team']);
    expect(only.route).toMatchObject({ receiver: 'team', matchers: [], routes: [], muteTimes: [], groupWait: 0 });
    expect(only.inhibitRules).toEqual([]);
  });

  test("names the channels as Alertmanager's log does", () => {
    expect([...integrationsOf(findReceiver(plan, 'team')).keys()]).toEqual(['webhook[0]', 'email[0]', 'email[1]']);
    expect([...integrationsOf(findReceiver(plan, 'chainwatch/critical')).keys()]).toEqual(['webhook[0]']);
  });

  test('an unknown receiver is answered with the nearest', () => {
    expect(() => findReceiver(plan, 'taem')).toThrow('unknown receiver "taem"; did you mean "team"?');
    expect(() => findReceiver(plan, 'nobody')).toThrow('unknown receiver');
  });

  test.each(['taem', 'nope'])('an unknown receiver, %s: each that there is stands in the message once', (name) => {
    let message = '';
    try {
      findReceiver(plan, name);
    } catch (error) {
      message = describeError(error, false).message;
    }
    expect(message).toMatch(/Remedy: choose one of this stack: chainwatch, .*, team$/);
    expect(message.match(/chainwatch\/critical/g)).toHaveLength(1);
  });
});

describe('why a channel took nothing, and what to do', () => {
  const slack = { kind: 'slack', target: '#x', sendResolved: true, secrets: ['slackWebhook'] };
  const place = 'slackWebhook (CHAINWATCH_SECRET_SLACK_WEBHOOK, or .chainwatch/testnet/secrets/slackWebhook)';

  test('a secret that is no address is named, without the words of Go', () => {
    expect(failureOf('unsupported protocol scheme ""', slack, 'testnet')).toEqual({
      reason: 'secret slackWebhook is no address of the web',
      remedy: `correct secret ${place}: it begins with https://`,
    });
  });

  test.each([
    ['channel "#x": unexpected status code 403: invalid_token', `refuses us: correct secret ${place}`],
    ['dial tcp: lookup hooks.example: no such host', `nobody is at that address: correct secret ${place}`],
    ['tls: failed to verify certificate: x509: unknown authority', 'one that this machine trusts'],
    ['did not answer within 15s', '--timeout 60s waits longer'],
    ['unexpected status code 500: oops', 'look at its own log'],
  ])('%s', (told, remedy) => {
    const failure = failureOf(told, slack, 'testnet');
    expect(failure.reason).toBe(told);
    expect(failure.remedy).toContain(remedy);
  });
});
