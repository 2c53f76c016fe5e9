/** What an account may do: named verbs on named resources, and nothing that leads to more. */
import { at, entities, list, text, texts } from './read.ts';
import type { Found, Policy } from './types.ts';

const PARTS = ['verbs', 'resources', 'apiGroups', 'nonResourceURLs', 'resourceNames'];
/** Whoever may do these can give themselves anything. */
const MORE = ['escalate', 'bind', 'impersonate'];
const WIDE = ['cluster-admin', 'admin', 'edit'];

const wildcards: Policy = {
  name: 'no role has a wildcard, reads secrets, or leads to more',
  *find(resources): Generator<Found> {
    for (const { resource, kind, inputs } of entities(resources)) {
      if (kind === 'Role' || kind === 'ClusterRole') {
        if (inputs.aggregationRule !== undefined) yield [resource, 'takes its rules from other roles'];
        for (const rule of list(inputs.rules)) {
          for (const part of PARTS)
            if (texts(at(rule, part)).some((one) => one.includes('*'))) yield [resource, `a wildcard in ${part}`];
          for (const verb of texts(at(rule, 'verbs'))) if (MORE.includes(verb)) yield [resource, `may ${verb}`];
          if (texts(at(rule, 'resources')).includes('secrets')) yield [resource, 'may read secrets'];
        }
      }
      if (kind === 'RoleBinding' || kind === 'ClusterRoleBinding') {
        const role = text(at(inputs, 'roleRef', 'name'));
        if (WIDE.includes(role)) yield [resource, `binds ${role}`];
        for (const subject of list(inputs.subjects)) {
          if (at(subject, 'kind') !== 'ServiceAccount')
            yield [resource, `is for a ${at(subject, 'kind')}, not for a program`];
          if (at(subject, 'name') === 'default') yield [resource, 'is for the default account, which every pod has'];
        }
      }
    }
  },
};

const bound: Policy = {
  name: 'every binding joins a role and an account of this stack',
  *find(resources): Generator<Found> {
    const objects = entities(resources);
    for (const { resource, kind, namespace, inputs } of objects) {
      if (kind !== 'RoleBinding' && kind !== 'ClusterRoleBinding') continue;
      const { kind: roleKind, name } = {
        kind: text(at(inputs, 'roleRef', 'kind')),
        name: text(at(inputs, 'roleRef', 'name')),
      };
      const of = roleKind === 'Role' ? namespace : '';
      if (!objects.some((one) => one.kind === roleKind && one.name === name && one.namespace === of))
        yield [resource, `binds ${roleKind} ${name}, which is not there`];
      for (const subject of list(inputs.subjects)) {
        const [where, who] = [text(at(subject, 'namespace')), text(at(subject, 'name'))];
        if (!objects.some((one) => one.kind === 'ServiceAccount' && one.name === who && one.namespace === where))
          yield [resource, `is for account ${where}/${who}, which is not there`];
      }
    }
  },
};

export const rbacPolicies: readonly Policy[] = [wildcards, bound];
