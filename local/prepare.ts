/** Everything that a run needs before its first process starts: programs, plan, ports, secrets, files. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Network } from '../config/networks.ts';
import { OWN_TOKENS } from '../config/ownTokens.ts';
import type { Stack } from '../config/stack.ts';
import { plainFiles, toJson } from '../model/files.ts';
import type { Known } from '../model/knowledge.ts';
import type { Places, ServiceName } from '../model/places.ts';
import { makePlan, type Plan } from '../model/plan/plan.ts';
import { resolveSettings } from '../model/plan/services.ts';
import { locateProgram, resolveProgram, resolvePrograms, type ToolProgress } from '../tools/index.ts';
import type { Programs } from './commands.ts';
import { localPlaces, type RunFolder } from './folder.ts';
import { withoutPods } from './pods.ts';
import { requireFreePorts } from './ports.ts';
import { resolveSecrets } from './secrets.ts';
import { writableFolder, writing } from './storage.ts';

export interface Prepared {
  readonly plan: Plan;
  readonly places: Places;
  readonly programs: Programs;
  /** What was left out, and why. */
  readonly notes: readonly string[];
}

/** @throws MissingProgramError */
export async function findPrograms(
  stack: Pick<Stack, 'networks'>,
  signal: AbortSignal,
  onProgress: (progress: ToolProgress) => void,
): Promise<Programs> {
  const needed = await resolvePrograms(['prometheus', 'alertmanager'], { signal, onProgress });
  const anvil = refersTo(stack.networks, 'anvil') ? await resolveProgram('anvil', { signal, onProgress }) : undefined;
  const geth = refersTo(stack.networks, 'geth') ? await locateProgram('geth') : undefined;
  return {
    prometheus: needed.prometheus.path,
    alertmanager: needed.alertmanager.path,
    anvil: anvil?.path,
    geth: geth?.path,
  };
}

export interface PrepareOptions {
  readonly stack: Stack;
  readonly known: Known;
  readonly project: string;
  /** Whether limits are recorded beside their alerts, for dashboards; default: yes. */
  readonly limits?: boolean;
}

/** Makes the plan for what is at hand, and everything that it needs on disk. @throws PortInUseError, SecretsError, CliError */
export async function prepare(
  { stack, known, project, limits = true }: PrepareOptions,
  folder: RunFolder,
  programs: Programs,
): Promise<Prepared> {
  const outside = withoutPods(stack);
  const { stack: possible, notes: missing } = withoutMissing(outside.stack, programs);
  const notes = [...outside.notes, ...missing];
  const plan = makePlan(possible, known, { limits });
  const ports = portsOf(possible, plan, programs);
  const places = localPlaces(folder, ports);
  await requireFreePorts(
    Object.entries(ports).map(([service, port]) => ({ service, port })),
    project,
  );
  resolveSecrets(plan.secrets, { folder: folder.secrets, generate: OWN_TOKENS });
  writeConfig(plan, places, folder);
  return { plan, places, programs, notes };
}

/** A network of the real geth exists only where there is one: it must not be missing, nor delay the start. */
function withoutMissing(stack: Stack, programs: Programs): { stack: Stack; notes: string[] } {
  if (programs.geth !== undefined) return { stack, notes: [] };
  const missing = stack.networks.filter((network) => refersTo(network, 'geth')).map((network) => network.name);
  const networks: readonly Network[] = stack.networks.filter((network) => !missing.includes(network.name));
  const notes = missing.map(
    (name) => `${name} is left out: geth is not at hand (npm test builds it, or put one on PATH)`,
  );
  return { stack: { ...stack, networks }, notes };
}

/** Is there a `{ service: name }` anywhere in it? */
function refersTo(value: unknown, service: ServiceName): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if ('service' in value && value.service === service) return true;
  return Object.values(value).some((inner) => refersTo(inner, service));
}

function portsOf(stack: Stack, plan: Plan, programs: Programs): Record<string, number> {
  const { services } = stack;
  return {
    ...Object.fromEntries(plan.services.map(({ name, port }) => [name, port])),
    prometheus: services.prometheus.port,
    alertmanager: services.alertmanager.port,
    ...(programs.anvil === undefined ? {} : { anvil: services.anvil.port }),
    ...(programs.geth === undefined ? {} : { geth: services.geth.port }),
  };
}

/** Written anew each time, so that nothing of an earlier stack file stays. */
function writeConfig(plan: Plan, places: Places, folder: RunFolder): void {
  const files = new Map(plainFiles(plan, places, { blackbox: false }));
  for (const service of plan.services)
    files.set(`services/${service.name}.json`, toJson(resolveSettings(service, places)));
  writing(folder.config, () => {
    rmSync(folder.config, { recursive: true, force: true });
    for (const [path, text] of files) {
      const target = join(folder.config, path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, text);
    }
  });
  const keepers: readonly ServiceName[] = [
    'prometheus',
    'alertmanager',
    'geth',
    ...plan.services.map(({ name }) => name),
  ];
  for (const service of keepers) writableFolder(folder.data(service));
}
