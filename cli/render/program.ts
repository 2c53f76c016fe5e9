/** The Pulumi program of a stack, recorded for `render`: with no secret, and with no image where none is given. */
import * as pulumi from '@pulumi/pulumi';
import { NAMESPACE } from '../../config/parse.ts';
import { secretsIn } from '../../model/plan/secrets.ts';
import { CliError } from '../errors.ts';
import type { LoadedStack } from '../loadStack.ts';
import { isRecord, STAND_IN } from './mask.ts';
import { type Recorded, recordProgram } from './record.ts';

export interface RecordedStack {
  readonly recorded: readonly Recorded[];
  /** What `pulumi up` would bring and is not here, and what the program itself said; a sentence each. */
  readonly notes: readonly string[];
}

const KUBERNETES = `${NAMESPACE}kubernetes`;
const GRAFANA = `${NAMESPACE}grafana`;
/** The program runs with it, and nothing that names it is written. */
const NO_IMAGE = `left.out/chainwatch@sha256:${'0'.repeat(64)}`;
const WORKLOAD = 'chainwatch:kubernetes:Workload';

/**
 * @param config of the stack file, by full key
 * @param image of our services by digest, over the one of the stack file
 * @throws CliError with what the program says is wrong
 */
export async function recordStack(
  { stack, file }: LoadedStack,
  config: Readonly<Record<string, unknown>>,
  image: string | undefined,
): Promise<RecordedStack> {
  const own = Object.fromEntries(Object.entries(config).filter(([key]) => key.startsWith(NAMESPACE)));
  const kubernetes = isRecord(own[KUBERNETES]) ? own[KUBERNETES] : {};
  const { build, ...others } = kubernetes;
  const given = image ?? stack.kubernetes?.image;
  // Dev is deployed without them, and the program says so itself; an image that is built has its digest afterwards.
  const without = stack.kubernetes !== undefined && given === undefined && stack.kind !== 'dev' && build === undefined;
  const used = without ? NO_IMAGE : given;
  if (stack.kubernetes && used !== undefined) own[KUBERNETES] = { ...others, image: used };
  // Nobody is asked anything here.
  if (isRecord(own[GRAFANA])) own[GRAFANA] = { ...own[GRAFANA], preflight: false };
  // No real one is ever read here, so none can be written.
  const secrets = Object.fromEntries([...stack.secrets, ...secretsIn(own)].map((name) => [name, STAND_IN]));
  const notes: string[] = [];
  const all = await recorded({
    stack: stack.environment,
    config: own,
    secrets,
    onMessage: (text) => notes.push(text),
  });
  if (!without) return { recorded: all, notes };
  const kept = withoutWorkloads(all);
  if (JSON.stringify(kept).includes(NO_IMAGE)) throw new Error('something beside our own services runs their image');
  notes.push(
    `our own services are left out: ${file} sets no chainwatch:kubernetes.image, and \`pulumi up\` refuses ${stack.kind} without; ` +
      '--image <registry>/chainwatch@sha256:<digest> shows them',
  );
  return { recorded: kept, notes };
}

async function recorded(input: Parameters<typeof recordProgram>[0]): Promise<Recorded[]> {
  try {
    return await recordProgram(input);
  } catch (error) {
    if (pulumi.RunError.isInstance(error)) throw new CliError(error.message);
    throw error;
  }
}

function withoutWorkloads(recorded: readonly Recorded[]): Recorded[] {
  const workloads = new Set(recorded.filter(({ type }) => type === WORKLOAD).map(({ name }) => name));
  return recorded.filter(({ type, parent }) => type !== WORKLOAD && !workloads.has(parent));
}
