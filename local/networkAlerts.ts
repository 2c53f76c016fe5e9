/** Which alerts there are for each network: a stack may lack the component that a rule is about, or switch the rule off. */
import { z } from 'zod';

const answer = z.object({
  data: z.object({
    groups: z.array(
      z.object({
        rules: z.array(z.object({ name: z.string(), labels: z.record(z.string(), z.string()).default({}) })),
      }),
    ),
  }),
});

/**
 * @returns whether an alert can fire for a network; true for all where Prometheus cannot be asked, or has none for that
 *   network because Grafana evaluates them
 */
export async function alertsThatExist(
  prometheusUrl: string | undefined,
): Promise<(network: string, alert: string) => boolean> {
  const alerts = prometheusUrl === undefined ? [] : await alertRules(prometheusUrl).catch(() => []);
  const networks = new Set(alerts.map(({ labels }) => labels.network));
  const exists = new Set(alerts.map(({ name, labels }) => key(labels.network ?? '', name)));
  return (network, alert) => !networks.has(network) || exists.has(key(network, alert)) || exists.has(key('', alert));
}

async function alertRules(prometheusUrl: string) {
  const response = await fetch(`${prometheusUrl}/api/v1/rules?type=alert`, { signal: AbortSignal.timeout(5000) });
  const { data } = answer.parse(await response.json());
  return data.groups.flatMap(({ rules }) => rules);
}

/** Rules about no network in particular hold for all of them. */
function key(network: string, alert: string): string {
  return `${network}/${alert}`;
}
