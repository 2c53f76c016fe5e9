/** What is wrong with a Grafana is said before anything is registered, once, and with what to do about it. */
import * as pulumi from '@pulumi/pulumi';
import { describe, expect, test, vi } from 'vitest';
import { preflight, requireGrafana } from '../../components/grafanaPreflight.ts';
import type { GrafanaPlan } from '../../model/grafana/types.ts';
import { makePlan } from '../../model/plan/plan.ts';
import { ADMIN, grafanaStandIn, type Served, TOKEN } from '../fixtures/grafana.ts';
import { type Config, known, network, stackOf } from '../fixtures/toy.ts';

function planAt(url: string, grafana: Config = {}): GrafanaPlan {
  const plan = makePlan(
    stackOf({
      networks: { net: { ...network, engine: 'grafana' } },
      grafana: { url, auth: { secret: 'grafanaToken' }, ...grafana },
      notifications: {
        default: 'team',
        receivers: { team: { webhook: { url: 'https://hook.example' } } },
      },
      secrets: { grafanaToken: { secure: 'v1:x' } },
    }),
    known,
  );
  if (!plan.grafana) throw new Error('the plan has no Grafana');
  return plan.grafana;
}

const RIGHTS = '/api/access-control/user/permissions';

async function verdictOf(answers: Readonly<Record<string, Served>>, grafana: Config = {}, token = TOKEN) {
  await using standIn = await grafanaStandIn(answers);
  const { faults, notes } = await preflight(planAt(standIn.url, grafana), token);
  return { faults: faults.map((each) => each.replaceAll(standIn.url, 'URL')), notes, asked: [...standIn.asked] };
}

describe('preflight', () => {
  test('asks and changes nothing; a Grafana that has everything is fine', async () => {
    const { faults, notes, asked } = await verdictOf(
      {},
      { contactPoints: { team: 'On-call team' }, adopt: { folders: { net: 'old-folder' } } },
    );
    expect({ faults, notes }).toEqual({ faults: [], notes: [] });
    expect(new Set(asked)).toEqual(
      new Set([
        'GET /api/health',
        `GET ${RIGHTS}`,
        'GET /api/datasources/uid/prometheus',
        'GET /api/folders/old-folder',
        'GET /api/frontend/settings',
        'GET /api/v1/provisioning/contact-points',
      ]),
    );
  });

  test('takes a user with a password, as the provider does', async () => {
    const basic = `Basic ${Buffer.from('admin:secret').toString('base64')}`;
    await using standIn = await grafanaStandIn({}, basic);
    expect(await preflight(planAt(standIn.url), 'admin:secret')).toEqual({ faults: [], notes: [] });
  });

  test.each<[string, Readonly<Record<string, Served>>, Config, readonly string[]]>([
    [
      'no Grafana',
      { '/api/health': { body: '<html>hello</html>' } },
      {},
      ['URL answers (status 200), but not as a Grafana does: correct chainwatch:grafana.url'],
    ],
    [
      'a page for logging in',
      { '/api/health': { status: 302, headers: { location: 'https://sso.example/login' } } },
      {},
      ["URL sends its callers on to https://sso.example/login: write the address of Grafana's own root"],
    ],
    [
      'a database that fails',
      { '/api/health': { status: 503, body: { database: 'failing' } } },
      {},
      ['cannot reach its database (failing): try again'],
    ],
    [
      'an old version',
      { '/api/health': { body: { database: 'ok', version: '11.5.9' } } },
      {},
      ['is version 11.5.9, and our rules need 11.6 or newer: upgrade it, or use engine: prometheus'],
    ],
    [
      'a data source that is not there',
      {},
      { dataSourceUid: 'mimr' },
      ['URL has no data source of this UID: unknown data source "mimr"; did you mean "mimir"?'],
    ],
    [
      'a data source of another kind',
      { '/api/datasources/uid/loki': { body: { type: 'loki' } } },
      { dataSourceUid: 'loki' },
      ['the data source "loki" of URL is of type loki, and our rules and dashboards speak PromQL'],
    ],
    [
      'recording rules that are switched off',
      { '/api/frontend/settings': { body: { unifiedAlerting: { recordingRulesEnabled: false } } } },
      {},
      ['URL evaluates no recording rules, and alerts read what ours record: set [recording_rules] enabled = true'],
    ],
    [
      'a data source that nobody may record into',
      {
        '/api/datasources/uid/prometheus': {
          body: { type: 'prometheus', jsonData: { allowAsRecordingRulesTarget: false } },
        },
      },
      {},
      ['"prometheus" of URL takes nothing from recording rules, and alerts read what ours record: switch on "Allow'],
    ],
    [
      'a folder and a contact point that are not there: both are named',
      {},
      { contactPoints: { team: 'On-call taem' }, adopt: { folders: { net: 'gone' } } },
      [
        'the folder "gone" of URL is not there, so it cannot be adopted: correct chainwatch:grafana.adopt.folders.net',
        'URL: unknown contact point "On-call taem"; did you mean "On-call team"?',
      ],
    ],
    [
      'a Viewer, whose lack of every right is named',
      { [RIGHTS]: { body: { 'dashboards:read': ['*'] } } },
      {},
      [
        'the token "grafanaToken" of URL may not make folders (folders:create); write alert rules (alert.provisioning:write); write contact points, mute timings and the policy (alert.provisioning:write); make dashboards (dashboards:create): give its service account the role Admin',
      ],
    ],
    [
      'an Editor',
      { [RIGHTS]: { body: { ...ADMIN, 'alert.provisioning:write': undefined } } },
      {},
      ['may not write alert rules (alert.provisioning:write); write contact points'],
    ],
  ])('of %s', async (_, answers, grafana, messages) => {
    const { faults } = await verdictOf(answers, grafana);
    expect(faults).toEqual(messages.map((message) => expect.stringContaining(message)));
  });

  test('finer rights are enough', async () => {
    const { 'alert.provisioning:write': _, ...rest } = ADMIN;
    const finer = { 'alert.rules.provisioning:write': [''], 'alert.notifications.provisioning:write': [''] };
    expect(await verdictOf({ [RIGHTS]: { body: { ...rest, ...finer } } })).toMatchObject({ faults: [] });
  });

  test('a token that is not known there is the only fault: nothing else could be asked', async () => {
    const { faults, asked } = await verdictOf({}, {}, 'another');
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(
      /^URL does not know the token "grafanaToken": .* pulumi config set --secret --path 'chainwatch:secrets\.grafanaToken'/,
    );
    expect(asked).toEqual(['GET /api/health', `GET ${RIGHTS}`]);
  });

  test('what nobody tells is noted and stops nothing', async () => {
    const { faults, notes } = await verdictOf({
      [RIGHTS]: { status: 404 },
      '/api/datasources/uid/prometheus': { status: 403 },
      '/api/frontend/settings': { body: { unifiedAlerting: { minInterval: '10s' } } },
    });
    expect(faults).toEqual([]);
    expect(notes).toEqual([
      expect.stringContaining('does not say what the token may do (status 404)'),
      expect.stringContaining('may not read data sources'),
      expect.stringContaining('does not say whether it evaluates recording rules'),
    ]);
  });

  test('an address where nobody answers', async () => {
    const gone = await grafanaStandIn();
    await gone[Symbol.asyncDispose]();
    const { faults } = await preflight(planAt(gone.url), TOKEN);
    expect(faults).toEqual([
      expect.stringMatching(/cannot be reached from here \(.*ECONNREFUSED.*\): correct chainwatch:grafana\.url/),
    ]);
  });

  test('the token is in no message', async () => {
    for (const answers of [{ [RIGHTS]: { body: {} } }, { '/api/health': { body: 'x' } }, {}])
      expect(JSON.stringify(await verdictOf(answers, { dataSourceUid: 'none' }))).not.toContain(TOKEN);
  });
});

describe('requireGrafana', () => {
  const secrets = { grafanaToken: pulumi.secret(TOKEN) };

  test('asks nothing under mocks, nor where it is switched off', async () => {
    await using standIn = await grafanaStandIn({ '/api/health': { body: 'x' } });
    await requireGrafana(planAt(standIn.url), secrets);
    await requireGrafana(undefined, secrets);
    const engine = vi.spyOn(pulumi.runtime, 'hasEngine').mockReturnValue(true);
    await requireGrafana(planAt(standIn.url, { preflight: false }), secrets);
    expect(standIn.asked).toEqual([]);
    engine.mockRestore();
  });

  test('under an engine, all that is missing is one error without a stack', async () => {
    const engine = vi.spyOn(pulumi.runtime, 'hasEngine').mockReturnValue(true);
    await using standIn = await grafanaStandIn();
    const plan = planAt(standIn.url, { dataSourceUid: 'none', contactPoints: { team: 'Nobody' } });
    const error: unknown = await requireGrafana(plan, secrets).catch((reason: unknown) => reason);
    engine.mockRestore();
    expect(pulumi.RunError.isInstance(error)).toBe(true);
    expect(String(error)).toMatch(/not ready for it, so nothing was changed:\n.*data source.*\n.*contact point/);
  });

  test('a Grafana without a token says how to get one', async () => {
    const engine = vi.spyOn(pulumi.runtime, 'hasEngine').mockReturnValue(true);
    const { auth: _, ...plan } = planAt('http://127.0.0.1:1');
    await expect(requireGrafana(plan, {})).rejects.toThrow(/chainwatch:grafana\.auth is not set.*role Admin/);
    engine.mockRestore();
  });
});
