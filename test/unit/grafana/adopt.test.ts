/** What is in a Grafana already becomes ours by its UID, without a second copy beside it. */
import { describe, expect, test } from 'vitest';
import { parseStack } from '../../../config/parse.ts';
import { makePlan } from '../../../model/plan/plan.ts';
import { known as real } from '../../fixtures/real.ts';
import { known, network, stackOf, config as toyConfig } from '../../fixtures/toy.ts';

const url = 'https://grafana.example';
const receiverUrl = 'https://receiver.example';

function planOf(adopt: Readonly<Record<string, unknown>>, more: Readonly<Record<string, unknown>> = {}) {
  const networks = { net: { ...network, engine: 'grafana' } };
  const { grafana } = makePlan(stackOf({ networks, grafana: { url, receiverUrl, adopt, ...more } }), known);
  if (!grafana) throw new Error('the plan has no Grafana');
  return grafana;
}

describe('adopt', () => {
  test('a folder has the UID that is there, and all of ours lies in it', () => {
    const { folders, ruleGroups } = planOf({ folders: { net: 'old-folder' } });
    expect(folders).toEqual([{ owner: 'net', uid: 'old-folder', title: 'Chainwatch dev net', adopted: true }]);
    expect(new Set(ruleGroups.map(({ folderUid }) => folderUid))).toEqual(new Set(['old-folder']));
  });

  test('a rule keeps its UID, the others have ours', () => {
    const uids = planOf({ rules: { 'net/NodeDown': 'Old_Rule-1' } }).ruleGroups.flatMap(({ rules }) =>
      rules.map(({ title, uid }) => [title, uid]),
    );
    expect(Object.fromEntries(uids)).toMatchObject({ NodeDown: 'Old_Rule-1', LagHigh: 'dev_net_LagHigh' });
  });

  test('a group that is there is marked, and no other', () => {
    const marked = planOf({ ruleGroups: ['net/node'] }).ruleGroups.filter(({ adopted }) => adopted);
    expect(marked.map(({ name }) => name)).toEqual(['node']);
  });

  test('a group is called there as the stack file says, and no two of a folder the same', () => {
    const titles = (groupNames: Readonly<Record<string, string>>) =>
      planOf({ folders: { net: 'old-folder' } }, { groupNames }).ruleGroups.flatMap(({ name, title }) =>
        title === undefined ? [] : [[name, title]],
      );
    expect(titles({ 'net/node': 'Node Alerts' })).toEqual([['node', 'Node Alerts']]);
    expect(() => titles({ 'net/nodes': 'x' })).toThrow(
      'chainwatch:grafana.groupNames.net/nodes: unknown rule group that Grafana evaluates "net/nodes"; did you mean "net/node"?',
    );
    const other = planOf({}).ruleGroups.find(({ name }) => name !== 'node')?.name ?? '';
    expect(() => titles({ 'net/node': other })).toThrow(`Grafana group old-folder:${other} is of rule group`);
  });

  test('a dashboard has the UID that is there, and alerts lead to its panels', () => {
    const stack = parseStack(
      toyConfig({
        networks: {
          op: {
            chain: 'op-stack',
            engine: 'grafana',
            chainId: 10,
            nodes: { 'op-node': ['10.0.0.1:7300'] },
            l1: { chainId: 1 },
          },
        },
        grafana: { url, receiverUrl, adopt: { dashboards: { 'op/op-node': 'hand-made' } } },
      }),
      { environment: 'testnet', knowledge: real.forConfig },
    );
    const { dashboards, grafana } = makePlan(stack, real);
    expect(dashboards.find(({ uid }) => uid === 'hand-made')).toMatchObject({
      slug: 'op-node',
      json: { uid: 'hand-made' },
    });
    expect(grafana?.adoptedDashboards).toEqual(['hand-made']);
    const rules = grafana?.ruleGroups.flatMap((group) => group.rules.filter(({ kind }) => kind === 'alert'));
    const panels = rules?.map((rule) => ('annotations' in rule ? rule.annotations.__dashboardUid__ : undefined));
    expect(panels).toContain('hand-made');
    expect(panels).not.toContain('testnet_op_op-node');
  });

  test('what the plan has not is refused, all of it at once, with the nearest name', () => {
    const faulty = () =>
      planOf({
        folders: { nett: 'a' },
        rules: { 'net/NodeDwn': 'b' },
        ruleGroups: ['net/nodes'],
        dashboards: { 'net/overview': 'c' },
      });
    expect(faulty).toThrow('has 4 faults');
    expect(faulty).toThrow('chainwatch:grafana.adopt.folders.nett: unknown folder "nett"; did you mean "net"?');
    expect(faulty).toThrow('did you mean "net/NodeDown"?');
    expect(faulty).toThrow('chainwatch:grafana.adopt.ruleGroups[0]: unknown rule group that Grafana evaluates');
    expect(faulty).toThrow('unknown dashboard that goes to this Grafana "net/overview"; there are none here');
  });

  test.each([
    [{ folders: { net: 'a b' } }, 'adopt.folders.net: must be a UID'],
    [{ rules: { NodeDown: 'a' } }, 'must be <network>/<name>, or system/<name>'],
    [{ ruleGroups: ['node'] }, 'adopt.ruleGroups[0]: must be <network>/<name>'],
  ])('%j says what is wrong with it', (adopt, message) => {
    expect(() => planOf(adopt)).toThrow(message);
  });

  test('two of ours cannot take one place', () => {
    expect(() => planOf({ rules: { 'net/NodeDown': 'same', 'net/LagHigh': 'same' } })).toThrow('UID same is of rule');
  });
});
