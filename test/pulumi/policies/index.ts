/** All policies, and what offends against them. */
import type { Recorded } from '../../../cli/render/record.ts';
import { identityPolicies } from './identity.ts';
import { networkPolicies } from './network.ts';
import { podPolicies } from './podSecurity.ts';
import { protectionPolicies } from './protection.ts';
import { rbacPolicies } from './rbac.ts';
import { called } from './read.ts';
import { referencePolicies } from './references.ts';
import { secretPolicies } from './secrets.ts';
import type { Offence, Policy, Situation } from './types.ts';

export const policies: readonly Policy[] = [
  ...podPolicies,
  ...secretPolicies,
  ...networkPolicies,
  ...rbacPolicies,
  ...identityPolicies,
  ...referencePolicies,
  ...protectionPolicies,
];

export function offences(
  resources: readonly Recorded[],
  situation: Situation,
  among: readonly Policy[] = policies,
): Offence[] {
  return among.flatMap(({ name, find }) =>
    [...find(resources, situation)].map(([resource, problem]) => ({
      policy: name,
      resource: called(resource),
      problem,
    })),
  );
}

/** `every pod has a policy of its own: StatefulSet chainwatch/receiver: no policy names the pods of receiver` */
export function said({ policy, resource, problem }: Offence): string {
  return `${policy}: ${resource}: ${problem}`;
}
