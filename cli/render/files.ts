/** All files of a stack for somebody who runs the programs with means of their own: services by name, secrets as mounted files. */
import type { Stack } from '../../config/stack.ts';
import { plainFiles, sortedByPath, toJson } from '../../model/files.ts';
import type { GrafanaPlan } from '../../model/grafana/types.ts';
import type { Places, ServiceName } from '../../model/places.ts';
import type { Plan } from '../../model/plan/plan.ts';
import { resolveSettings } from '../../model/plan/services.ts';
import { placeLinks, runbookBase } from '../../model/runbooks.ts';

const SECRETS = '/etc/chainwatch/secrets';
const DATA = '/var/lib/chainwatch';
/** Of the programs that a stack file gives no port. */
const STANDARD_PORTS: Readonly<Partial<Record<ServiceName, number>>> = { blackbox: 9115 };

/** Every service has a host of its own, with its name: the way of compose files and of clusters. */
export function renderPlaces(stack: Stack): Places {
  const ports = new Map(Object.entries(stack.services).map(([name, { port }]) => [name, port]));
  const portOf = (service: ServiceName) => {
    const port = ports.get(service) ?? STANDARD_PORTS[service];
    if (port === undefined) throw new Error(`no port is known for ${service}`);
    return port;
  };
  const address = (service: ServiceName) => `${service}:${portOf(service)}`;
  return {
    listen: (service) => `0.0.0.0:${portOf(service)}`,
    address,
    secretFile: (secret) => `${SECRETS}/${secret}`,
    dataPath: (service, file) => `${DATA}/${service}/${file}`,
    publicUrl: (service) => `http://${address(service)}`,
  };
}

/** Path → text, sorted by path. The same stack gives the same bytes. */
export function renderFiles(stack: Stack, plan: Plan): ReadonlyMap<string, string> {
  const places = renderPlaces(stack);
  const files = new Map(plainFiles(plan, places, { blackbox: plan.probes.length > 0 }));
  for (const service of plan.services)
    files.set(`services/${service.name}.json`, toJson(resolveSettings(service, places)));
  for (const [page, text] of Object.entries(plan.runbooks)) files.set(`runbooks/${page}.md`, text);
  if (plan.grafana) addGrafana(plan.grafana, runbookBase(plan, places), files);
  return sortedByPath(files);
}

/** For a look and a review; `pulumi up` is what brings them into a Grafana. */
function addGrafana(grafana: GrafanaPlan, runbooks: string, files: Map<string, string>): void {
  const { folders, ruleGroups, contactPoints, muteTimings, policy } = grafana;
  const parts = {
    folders,
    'rule-groups': ruleGroups,
    'contact-points': contactPoints,
    'mute-timings': muteTimings,
    policy,
  };
  for (const [name, part] of Object.entries(parts))
    if (part !== undefined) files.set(`grafana/${name}.json`, toJson(placeLinks(part, runbooks)));
}
