/** What a stack file adopts, or names, must be in the plan: else it would stay beside our copy, and nobody would know why. */
import { ConfigError, type Fault, unknownName } from '../../config/faults.ts';
import type { Stack } from '../../config/stack.ts';
import type { Dashboard } from '../dashboards/dashboard.ts';
import type { PlannedGroup } from '../rules/instantiate.ts';
import { ownedKey } from './naming.ts';
import { networkOf } from './rules.ts';

const ROOT = ['chainwatch:grafana'];

/**
 * @param groups those that Grafana evaluates
 * @param dashboards those that go to this Grafana
 * @throws ConfigError with all that is adopted and not there
 */
export function checkAdopted(
  { environment, grafana }: Stack,
  groups: readonly PlannedGroup[],
  dashboards: readonly Dashboard[],
): void {
  if (!grafana) return;
  const { adopt, groupNames } = grafana;
  const ruleKeys = groups.flatMap((group) => group.rules.map(({ name }) => ownedKey(networkOf(group), name)));
  const groupKeys = groups.map((group) => ownedKey(networkOf(group), group.name.slice(group.owner.length + 1)));
  const dashboardKeys = dashboards.map((dashboard) => ownedKey(networkOf(dashboard), dashboard.slug));
  const owners = [...new Set([...groups, ...dashboards].map(({ owner }) => owner))];
  const missing = (path: Fault['path'], kind: string, keys: readonly string[], known: readonly string[]): Fault[] =>
    keys
      .filter((key) => !known.includes(key))
      .map((key) => ({ path: [...path, key], message: unknownName(kind, key, known) }));
  const unknown = (section: string, kind: string, keys: readonly string[], known: readonly string[]) =>
    missing([...ROOT, 'adopt', section], kind, keys, known);
  const faults = [
    ...unknown('folders', 'folder', Object.keys(adopt.folders), owners),
    ...unknown('dashboards', 'dashboard that goes to this Grafana', Object.keys(adopt.dashboards), dashboardKeys),
    ...unknown('rules', 'rule that Grafana evaluates', Object.keys(adopt.rules), ruleKeys),
    ...missing([...ROOT, 'groupNames'], 'rule group that Grafana evaluates', Object.keys(groupNames), groupKeys),
    ...adopt.ruleGroups.flatMap((key, index) =>
      groupKeys.includes(key)
        ? []
        : [
            {
              path: [...ROOT, 'adopt', 'ruleGroups', index],
              message: unknownName('rule group that Grafana evaluates', key, groupKeys),
            },
          ],
    ),
  ];
  if (faults.length > 0) throw new ConfigError(faults, `the configuration of stack ${environment}`);
}
