/** Components on their own, as somebody else's program would use them: against mocks, in the order in which they are registered. */
import { setImmediate as turn } from 'node:timers/promises';
import * as pulumi from '@pulumi/pulumi';

/** How Pulumi marks a value that it keeps encrypted. */
const SIGNATURE = '4dabf18193072939515e22adb298388d';

export interface Made {
  readonly type: string;
  readonly name: string;
  /** With secrets in clear. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Names of the inputs that Pulumi keeps encrypted. */
  readonly secret: readonly string[];
  readonly parent: string;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  /** Names of what was there before it was begun, components left aside. */
  readonly after: ReadonlySet<string>;
}

export interface Outcome {
  readonly made: readonly Made[];
  /** What the program returned, with its outputs resolved. */
  readonly outputs: Readonly<Record<string, unknown>>;
  resource(name: string): Made;
  /** By `Kind name`, such as `Service receiver`. */
  object(called: string): Made;
}

export interface Situation {
  readonly stack?: string;
  /** Texts by full key, as the engine hands them over. */
  readonly config?: Readonly<Record<string, string>>;
  /** Full keys of what the engine decrypted. */
  readonly encrypted?: readonly string[];
}

/** @throws what the program throws */
export async function run(program: () => unknown, situation: Situation = {}): Promise<Outcome> {
  const { stack = 'test', config = {}, encrypted = [] } = situation;
  const options = new Map<string, pulumi.CustomResourceOptions>();
  const made: Made[] = [];
  const done = new Set<string>();
  const newResource = async ({ type, name, inputs, custom }: pulumi.runtime.MockResourceArgs) => {
    const after = new Set(done);
    // So that what waits for this one is begun later, and what does not wait is begun before it is there.
    await turn();
    if (custom) done.add(name);
    const given = options.get(`${type}::${name}`);
    made.push({
      type,
      name,
      inputs: clear(inputs),
      secret: Object.keys(inputs).filter((key) => SIGNATURE in Object(inputs[key])),
      parent: nameOf(given?.parent),
      protect: given?.protect ?? false,
      retainOnDelete: given?.retainOnDelete ?? false,
      after,
    });
    return { id: `${name}-id`, state: { ...inputs, ...madeUp(type, name) } };
  };
  pulumi.runtime.setAllConfig({ ...config }, [...encrypted]);
  await pulumi.runtime.setMocks({ newResource, call: ({ inputs }) => inputs }, 'somebody', stack, true);
  let outputs: object | undefined;
  let fault: { readonly error: unknown } | undefined;
  try {
    outputs = await pulumi.runtime.runInPulumiStack(async () => {
      pulumi.runtime.registerStackTransformation(({ type, name, props, opts }) => {
        options.set(`${type}::${name}`, opts);
        return { props, opts };
      });
      // An error that passes through the stack leaves it in promises that nobody waits for.
      try {
        return await program();
      } catch (error) {
        fault = { error };
        return {};
      }
    });
  } finally {
    // Waits for what is still on its way.
    await pulumi.runtime.disconnect();
  }
  if (fault) throw fault.error;
  return outcome(made, { ...outputs });
}

/** What only a provider can know. */
function madeUp(type: string, name: string): Record<string, unknown> {
  if (type === 'grafana:oss/folder:Folder') return { url: `https://g.example/dashboards/f/${name}` };
  if (type.startsWith('docker-build:')) return { digest: `sha256:${'0'.repeat(64)}` };
  return type.startsWith('random:') ? { result: 'made-up' } : {};
}

function outcome(all: readonly Made[], outputs: Readonly<Record<string, unknown>>): Outcome {
  const made = all.filter(({ type }) => type !== 'pulumi:pulumi:Stack');
  const find = (what: string, one: Made | undefined) => {
    if (one) return one;
    throw new Error(`there is no ${what} among ${made.map(({ type, name }) => `${type} ${name}`).join(', ')}`);
  };
  return {
    made,
    outputs,
    resource: (name) =>
      find(
        name,
        made.find((one) => one.name === name),
      ),
    object: (called) =>
      find(
        called,
        made.find(({ inputs }) => `${inputs.kind} ${Object(inputs.metadata).name}` === called),
      ),
  };
}

function nameOf(resource: unknown): string {
  if (!(resource instanceof pulumi.ComponentResource) || !('__name' in resource)) return '';
  return String(resource.__name);
}

function clear(inputs: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(inputs).map(([key, value]) => [key, unwrap(value)]));
}

function unwrap(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrap);
  if (typeof value !== 'object' || value === null) return value;
  if (SIGNATURE in value && 'value' in value) return unwrap(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unwrap(inner)]));
}
