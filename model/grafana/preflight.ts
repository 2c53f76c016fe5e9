/**
 * What a Grafana must have before anything is brought there, and what its answers mean. Pure: whoever has a network asks.
 *
 * The provider would say the same, but for each of a hundred rules, after two minutes of trying again, and half of them in.
 */
import { unknownName } from '../../config/faults.ts';
import { type Answer, FINE, fault, field, listOf, textIn, type Verdict } from '../verdict.ts';
import type { GrafanaPlan } from './types.ts';

/** `missing_series_evals_to_resolve` and comparisons other than above and below. */
const OLDEST = [11, 6] as const;

/** @param answer to `GET /api/health`, which takes no token */
export function judgeHealth({ url, ruleGroups }: GrafanaPlan, { status, body, location }: Answer): Verdict {
  if (location !== undefined)
    return fault(
      `${url} sends its callers on to ${location}: write the address of Grafana's own root in chainwatch:grafana.url`,
    );
  const database = textIn(body, 'database');
  if (database === undefined)
    return fault(
      `${url} answers (status ${status}), but not as a Grafana does: correct chainwatch:grafana.url; a Grafana behind a path has it in its address`,
    );
  if (database !== 'ok')
    return fault(`the Grafana at ${url} cannot reach its database (${database}): try again when it is well`);
  const version = textIn(body, 'version');
  if (version === undefined || ruleGroups.length === 0 || !isOlder(version)) return FINE;
  return fault(
    `the Grafana at ${url} is version ${version}, and our rules need ${OLDEST.join('.')} or newer: upgrade it, or use engine: prometheus`,
  );
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split(/[.-]/).map(Number);
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}

/** Any of a line's actions is enough: newer versions have finer ones. */
interface Need {
  readonly to: string;
  readonly anyOf: readonly string[];
}

export function rightsNeeded(plan: GrafanaPlan): Need[] {
  const { folders, ruleGroups, contactPoints, muteTimings, policy, dashboards } = plan;
  const rules = { to: 'write alert rules', anyOf: ['alert.provisioning:write', 'alert.rules.provisioning:write'] };
  const routing = {
    to: 'write contact points, mute timings and the policy',
    anyOf: ['alert.provisioning:write', 'alert.notifications.provisioning:write'],
  };
  return [
    ...(folders.some(({ adopted }) => !adopted) ? [{ to: 'make folders', anyOf: ['folders:create'] }] : []),
    ...(ruleGroups.length > 0 ? [rules] : []),
    ...(contactPoints.length > 0 || muteTimings.length > 0 || policy ? [routing] : []),
    ...(dashboards ? [{ to: 'make dashboards', anyOf: ['dashboards:create'] }] : []),
  ];
}

/** @param answer to `GET /api/access-control/user/permissions`: an object of action → scopes */
export function judgeRights(plan: GrafanaPlan, { status, body }: Answer): Verdict {
  const { url } = plan;
  if (status === 401)
    return fault(
      `${url} does not know the token ${nameOf(plan)}: it is wrong, expired, or of another Grafana or organization; set the token of a service account there: ${setting(plan)}`,
    );
  if (status !== 200 || typeof body !== 'object' || body === null)
    return { faults: [], notes: [`${url} does not say what the token may do (status ${status})`] };
  const missing = rightsNeeded(plan).filter(({ anyOf }) => !anyOf.some((action) => action in body));
  if (missing.length === 0) return FINE;
  const lines = missing.map(({ to, anyOf: [action] }) => `${to} (${action})`).join('; ');
  return fault(
    `the token ${nameOf(plan)} of ${url} may not ${lines}: give its service account the role Admin, or the fixed roles for alerting provisioning, folders and dashboards`,
  );
}

/** @param answer to `GET /api/datasources/uid/<uid>`; @param others to `GET /api/datasources`, asked where there is none */
export function judgeDataSource(plan: GrafanaPlan, answer: Answer, others?: Answer): Verdict {
  const { url, dataSourceUid } = plan;
  if (answer.status === 403)
    return {
      faults: [],
      notes: [`the token may not read data sources of ${url}, so nobody has seen whether "${dataSourceUid}" is there`],
    };
  if (answer.status === 404) {
    const known = listOf(others?.body).flatMap((source) => {
      const [uid, type] = [textIn(source, 'uid'), textIn(source, 'type')];
      return uid !== undefined && type !== undefined && PROMQL.test(type) ? [uid] : [];
    });
    return fault(
      `${url} has no data source of this UID: ${unknownName('data source', dataSourceUid, known)}; correct chainwatch:grafana.dataSourceUid (it is the last part of the data source's address in Grafana)`,
    );
  }
  if (answer.status !== 200)
    return { faults: [], notes: [`${url} does not tell of data source "${dataSourceUid}" (status ${answer.status})`] };
  const type = textIn(answer.body, 'type') ?? 'unknown';
  if (!PROMQL.test(type))
    return fault(
      `the data source "${dataSourceUid}" of ${url} is of type ${type}, and our rules and dashboards speak PromQL: name one of Prometheus, Mimir or the like in chainwatch:grafana.dataSourceUid`,
    );
  return records(plan) && field(field(answer.body, 'jsonData'), 'allowAsRecordingRulesTarget') === false
    ? fault(
        `the data source "${dataSourceUid}" of ${url} takes nothing from recording rules, and alerts read what ours record: switch on "Allow as recording rules target" there, or use engine: prometheus`,
      )
    : FINE;
}

export function records({ ruleGroups }: GrafanaPlan): boolean {
  return ruleGroups.some(({ rules }) => rules.some(({ kind }) => kind === 'recording'));
}

/**
 * Where they are off, rules that record are taken, and never evaluated.
 * @param answer to `GET /api/frontend/settings`; an older Grafana may not say it there
 */
export function judgeRecording({ url }: GrafanaPlan, { status, body }: Answer): Verdict {
  const enabled = field(field(body, 'unifiedAlerting'), 'recordingRulesEnabled');
  if (enabled === true) return FINE;
  if (enabled === false)
    return fault(
      `${url} evaluates no recording rules, and alerts read what ours record: set [recording_rules] enabled = true in its configuration, or use engine: prometheus`,
    );
  return {
    faults: [],
    notes: [`${url} does not say whether it evaluates recording rules, which alerts here need (status ${status})`],
  };
}

const PROMQL = /prometheus|victoriametrics/i;

/** @param answer to `GET /api/folders/<uid>` */
export function judgeFolder({ url }: GrafanaPlan, owner: string, uid: string, { status }: Answer): Verdict {
  if (status !== 404 && status !== 403) return FINE;
  const why = status === 404 ? 'is not there' : 'is not for this token to see';
  return fault(
    `the folder "${uid}" of ${url} ${why}, so it cannot be adopted: correct chainwatch:grafana.adopt.folders.${owner} (the UID is in the folder's address), or remove it`,
  );
}

/** @param answer to `GET /api/v1/provisioning/contact-points` */
export function judgeContactPoints({ url, existingContactPoints }: GrafanaPlan, { status, body }: Answer): Verdict {
  if (status !== 200) return { faults: [], notes: [`${url} does not tell of its contact points (status ${status})`] };
  const there = [...new Set(listOf(body).flatMap((point) => textIn(point, 'name') ?? []))];
  return fault(
    ...existingContactPoints
      .filter((name) => !there.includes(name))
      .map(
        (name) =>
          `${url}: ${unknownName('contact point', name, there)}; make it there, or correct chainwatch:grafana.contactPoints`,
      ),
  );
}

function nameOf({ auth }: GrafanaPlan): string {
  return auth ? `"${auth.secret}"` : '';
}

function setting({ auth }: GrafanaPlan): string {
  return `pulumi config set --secret --path 'chainwatch:secrets.${auth?.secret ?? 'grafanaToken'}' <token>`;
}
