/** Asks a Grafana, before anything is registered, whether all is there that the plan needs. Only reads. */
import * as pulumi from '@pulumi/pulumi';
import {
  judgeContactPoints,
  judgeDataSource,
  judgeFolder,
  judgeHealth,
  judgeRecording,
  judgeRights,
  records,
} from '../model/grafana/preflight.ts';
import type { GrafanaPlan } from '../model/grafana/types.ts';
import { type Answer, bodyOf, joined, type Verdict } from '../model/verdict.ts';
import { grafanaToken } from './grafanaProvider.ts';
import type { SecretValues } from './secrets.ts';

const PATIENCE_MS = 15_000;

/**
 * Does nothing under mocks, and where the stack file switches it off.
 * @throws RunError with all that is missing, each with its remedy
 */
export async function requireGrafana(plan: GrafanaPlan | undefined, secrets: SecretValues): Promise<void> {
  if (!plan?.preflight || !pulumi.runtime.hasEngine()) return;
  const { faults, notes } = await preflight(plan, await resolved(grafanaToken(plan, secrets)));
  for (const note of notes) pulumi.log.warn(note);
  if (faults.length > 0)
    throw new pulumi.RunError(
      `the Grafana of this stack is not ready for it, so nothing was changed:\n${faults.map((each) => `  ${each}`).join('\n')}`,
    );
}

/** @param token of a service account, `user:password`, or `anonymous`, as the provider takes it */
export async function preflight(plan: GrafanaPlan, token: string): Promise<Verdict> {
  try {
    return await asked(plan, (path) => askGrafana(plan.url, path, token));
  } catch (error) {
    return unreachable(plan.url, error);
  }
}

type Ask = (path: string) => Promise<Answer>;

/** One after another where the next answer would only repeat the fault. */
async function asked(plan: GrafanaPlan, ask: Ask): Promise<Verdict> {
  const health = judgeHealth(plan, await ask('/api/health'));
  if (health.faults.length > 0) return health;
  const rights = judgeRights(plan, await ask('/api/access-control/user/permissions'));
  if (rights.faults.length > 0) return rights;
  const adopted = plan.folders.filter((folder) => folder.adopted);
  const verdicts = await Promise.all([
    dataSource(plan, ask),
    ...(records(plan) ? [ask('/api/frontend/settings').then((answer) => judgeRecording(plan, answer))] : []),
    ...adopted.map(async ({ owner, uid }) =>
      judgeFolder(plan, owner, uid, await ask(`/api/folders/${encodeURIComponent(uid)}`)),
    ),
    ...(plan.existingContactPoints.length > 0
      ? [ask('/api/v1/provisioning/contact-points').then((answer) => judgeContactPoints(plan, answer))]
      : []),
  ]);
  return joined([rights, ...verdicts]);
}

async function dataSource(plan: GrafanaPlan, ask: Ask): Promise<Verdict> {
  if (plan.ruleGroups.length === 0 && !plan.dashboards) return { faults: [], notes: [] };
  const answer = await ask(`/api/datasources/uid/${encodeURIComponent(plan.dataSourceUid)}`);
  return judgeDataSource(plan, answer, answer.status === 404 ? await ask('/api/datasources') : undefined);
}

async function askGrafana(url: string, path: string, token: string): Promise<Answer> {
  const response = await fetch(`${url.replace(/\/+$/, '')}${path}`, {
    headers: { accept: 'application/json', ...authorization(token) },
    redirect: 'manual',
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const location = response.headers.get('location');
  const text = await response.text();
  return { status: response.status, body: bodyOf(text), ...(location === null ? {} : { location }) };
}

function authorization(token: string): Record<string, string> {
  if (token.toLowerCase() === 'anonymous') return {};
  const header = token.includes(':') ? `Basic ${Buffer.from(token).toString('base64')}` : `Bearer ${token}`;
  return { authorization: header };
}

function unreachable(url: string, error: unknown): Verdict {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : undefined;
  const late = error instanceof Error && error.name === 'TimeoutError';
  const reason = late ? `no answer within ${PATIENCE_MS / 1000} s` : (cause ?? String(error));
  return {
    faults: [
      `the Grafana at ${url} cannot be reached from here (${reason}): correct chainwatch:grafana.url, or reach it first (a VPN, a port-forward). Where it comes into being by this very stack, set chainwatch:grafana.preflight: false for the first time`,
    ],
    notes: [],
  };
}

function resolved(input: pulumi.Input<string>): Promise<string> {
  return new Promise((resolve) => {
    pulumi.output(input).apply(resolve);
  });
}
