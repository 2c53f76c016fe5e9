/** The notification policy as the provider takes it. */
import type { alerting } from '@pulumiverse/grafana';
import type { NotificationPolicy } from '../model/grafana/types.ts';

/** The provider has a type for each of its five levels; a node of any depth fits all of them. */
interface Node {
  contactPoint: string;
  groupBies: string[];
  groupWait: string;
  groupInterval: string;
  repeatInterval: string;
  matchers?: { label: string; match: string; value: string }[];
  muteTimings?: string[];
  continue: boolean;
  policies?: Node[];
}

export function policyArgs(policy: NotificationPolicy): alerting.NotificationPolicyArgs {
  // The root matches everything: it takes neither matchers nor mute timings.
  const { matchers: _, muteTimings: __, continue: ___, ...root } = nodeOf(policy);
  return root;
}

function nodeOf(policy: NotificationPolicy): Node {
  const { contactPoint, groupBy, groupWait, groupInterval, repeatInterval } = policy;
  const { matchers, muteTimings, policies } = policy;
  return {
    contactPoint,
    groupBies: [...groupBy],
    groupWait,
    groupInterval,
    repeatInterval,
    ...(matchers.length > 0 ? { matchers: matchers.map((matcher) => ({ ...matcher })) } : {}),
    ...(muteTimings.length > 0 ? { muteTimings: [...muteTimings] } : {}),
    continue: policy.continue,
    ...(policies.length > 0 ? { policies: policies.map(nodeOf) } : {}),
  };
}
