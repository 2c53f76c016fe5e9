/** The Pulumi program, run against mocks: every resource that it registers, as data. For `render`, snapshots and the tests on a cluster. */
import * as pulumi from '@pulumi/pulumi';
import { listening } from './messages.ts';

export interface Recorded {
  /** `kubernetes:core/v1:Namespace`, `chainwatch:kubernetes:Workload`. */
  readonly type: string;
  readonly name: string;
  /** Of a component: no, it has only children. */
  readonly custom: boolean;
  /** Secrets are in clear: whoever writes this anywhere masks them before. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Name of the component that it belongs to. */
  readonly parent: string;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly ignoreChanges: readonly string[];
  readonly import?: string;
}

export interface ProgramInput {
  readonly stack: string;
  /** By full key, as the stack file has it. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Values of the secrets, by name. */
  readonly secrets: Readonly<Record<string, string>>;
  /** What the program says by `pulumi.log`; default: on the terminal. */
  readonly onMessage?: (text: string) => void;
}

const PROGRAM = new URL('../../index.ts', import.meta.url).href;
let runs = 0;

/**
 * Registrations sorted by type and name. One run after another: the mocked engine is one for the process.
 * @throws whatever the program throws, such as a RunError for a fault of the stack file
 */
export async function recordProgram({ stack, config, secrets, onMessage }: ProgramInput): Promise<Recorded[]> {
  const options = new Map<string, pulumi.ResourceOptions>();
  const recorded: Recorded[] = [];
  const texts = Object.entries({ ...config, 'chainwatch:secrets': secrets }).map(([key, value]): [string, string] => [
    key,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  pulumi.runtime.setAllConfig(Object.fromEntries(texts), ['chainwatch:secrets']);
  const newResource = (made: pulumi.runtime.MockResourceArgs) => {
    recorded.push(describe(made, options.get(keyOf(made))));
    return { id: `${made.name}-id`, state: { ...readBack(made.inputs), ...madeUp(made.type, made.inputs) } };
  };
  await pulumi.runtime.setMocks({ newResource, call: ({ inputs }) => inputs }, 'chainwatch', stack, true);
  runs += 1;
  // A module is evaluated once; under another query it is another module.
  const program = `${PROGRAM}?run=${runs}`;
  // An error that reaches the stack would also be the rejection of many promises to which nobody listens.
  let failure: { readonly reason: unknown } | undefined;
  const run = () =>
    pulumi.runtime.runInPulumiStack(async () => {
      // The mocked engine is told of no options; what is constructed passes here with them.
      pulumi.runtime.registerStackTransformation(({ type, name, props, opts }) => {
        options.set(keyOf({ type, name }), opts);
        return { props, opts };
      });
      await import(program).catch((reason: unknown) => {
        failure = { reason };
      });
      return {};
    });
  try {
    await (onMessage ? listening(onMessage, run) : run());
  } finally {
    await pulumi.runtime.disconnect();
  }
  if (failure) throw failure.reason;
  return recorded.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function keyOf({ type, name }: { readonly type: string; readonly name: string }): string {
  return `${type}::${name}`;
}

function describe(
  { type, name, inputs, custom }: pulumi.runtime.MockResourceArgs,
  options: (pulumi.CustomResourceOptions & pulumi.ResourceOptions) | undefined,
): Recorded {
  return {
    type,
    name,
    custom: custom ?? false,
    inputs,
    parent: parentOf(options),
    protect: options?.protect ?? false,
    retainOnDelete: options?.retainOnDelete ?? false,
    ignoreChanges: options?.ignoreChanges?.map(String) ?? [],
    ...(options?.import === undefined ? {} : { import: String(options.import) }),
  };
}

function parentOf(options: pulumi.ResourceOptions | undefined): string {
  const parent: unknown = options?.parent;
  return parent instanceof pulumi.ComponentResource ? nameOf(parent) : '';
}

function nameOf(resource: pulumi.Resource): string {
  return '__name' in resource && typeof resource.__name === 'string' ? resource.__name : '';
}

/** Of a resource's inputs what a program reads back: names. The rest is most of all that there is, and would be handed to and fro for nothing. */
function readBack({ metadata, uid }: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { ...(metadata === undefined ? {} : { metadata }), ...(uid === undefined ? {} : { uid }) };
}

/** Outputs that only the provider can know. A password is as long as it is asked for: programs refuse a short one. */
function madeUp(type: string, inputs: Readonly<Record<string, unknown>>): Record<string, unknown> {
  if (type === 'docker-build:index:Image') return { digest: `sha256:${'0'.repeat(64)}` };
  if (type !== 'random:index/randomPassword:RandomPassword') return {};
  return { result: 'made-up'.padEnd(Number(inputs.length), '-made-up') };
}
