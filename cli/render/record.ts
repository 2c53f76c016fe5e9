/** The Pulumi program, run against mocks: every resource that it registers, as data. For `render`, snapshots and the tests on a cluster. */
import * as pulumi from '@pulumi/pulumi';

export interface Recorded {
  /** `kubernetes:core/v1:Namespace`, `chainwatch:kubernetes:Workload`. */
  readonly type: string;
  readonly name: string;
  /** Of a component: no, it has only children. */
  readonly custom: boolean;
  /** Secrets are in clear: whoever writes this anywhere masks them before. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly parent: string;
  readonly provider: string;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly dependencies: readonly string[];
}

export interface ProgramInput {
  readonly stack: string;
  /** By full key, as the stack file has it. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Values of the secrets, by name. */
  readonly secrets: Readonly<Record<string, string>>;
}

const PROGRAM = new URL('../../index.ts', import.meta.url).href;
let runs = 0;

/**
 * Registrations in the order in which the program makes them, of one run after another: the mocked engine is one for the process.
 * @throws whatever the program throws, such as a RunError for a fault of the stack file
 */
export async function recordProgram({ stack, config, secrets }: ProgramInput): Promise<Recorded[]> {
  const recorded: Recorded[] = [];
  const texts = Object.entries({ ...config, 'chainwatch:secrets': secrets }).map(([key, value]): [string, string] => [
    key,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  pulumi.runtime.setAllConfig(Object.fromEntries(texts), ['chainwatch:secrets']);
  await pulumi.runtime.setMocks(
    {
      newResource: (made) => {
        recorded.push(describe(made));
        return { id: `${made.name}-id`, state: { ...made.inputs, ...madeUp(made.type) } };
      },
      call: ({ inputs }) => inputs,
    },
    'chainwatch',
    stack,
    true,
  );
  runs += 1;
  // A module is evaluated once; under another query it is another module.
  const program = `${PROGRAM}?run=${runs}`;
  await pulumi.runtime.runInPulumiStack(async () => ({ ...(await import(program)) }));
  await pulumi.runtime.disconnect();
  return recorded;
}

function describe({ type, name, inputs, custom, registerRequest: request }: pulumi.runtime.MockResourceArgs): Recorded {
  return {
    type,
    name,
    custom: custom ?? false,
    inputs,
    parent: request?.getParent() ?? '',
    provider: request?.getProvider() ?? '',
    protect: request?.getProtect() ?? false,
    retainOnDelete: request?.getRetainondelete() ?? false,
    dependencies: request?.getDependenciesList() ?? [],
  };
}

/** Outputs that only the provider can know. */
function madeUp(type: string): Record<string, unknown> {
  return type === 'random:index/randomPassword:RandomPassword' ? { result: 'made-up' } : {};
}
