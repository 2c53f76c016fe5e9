/** From the configuration keys of one stack to a Stack, or to the list of everything that is wrong with them. */
import { z } from 'zod';
import { checkStack } from './check/index.ts';
import { ConfigError, type Fault, isBelow, type Locate, type Path, unknownName } from './faults.ts';
import { describe, name as nameSchema, wording } from './fields.ts';
import type { Knowledge } from './knowledge.ts';
import { anyNetworkSchema, lenientNetworkSchema, type Network, networkSchema } from './networks.ts';
import { type EnvironmentKind, type Stack, sections } from './stack.ts';

export const NAMESPACE = 'chainwatch:';
const KINDS: readonly EnvironmentKind[] = ['dev', 'testnet', 'mainnet'];
const KEYS = ['environment', 'networks', 'secrets', ...Object.keys(sections)];

export interface ParseOptions {
  /** The name of the stack: `testnet` of `Pulumi.testnet.yaml`. */
  readonly environment: string;
  readonly knowledge: Knowledge;
  /** What messages call the source. */
  readonly file?: string;
  readonly locate?: Locate;
}

/**
 * @param config the stack's configuration by full key (`chainwatch:networks`, …); keys of other namespaces are not ours
 * @throws ConfigError with all faults
 */
export function parseStack(config: Readonly<Record<string, unknown>>, options: ParseOptions): Stack {
  const faults: Fault[] = [];
  const own = ownKeys(config, faults);
  const kind = parseKind(own.environment, options.environment, faults);
  const unread: Path[] = [];
  const values = parseSections(own, faults, unread);
  const networks = parseNetworks(own.networks, options.knowledge, faults, unread);
  const secrets = parseSecrets(own.secrets, faults);

  // Cross-checks run on whatever could be read, so that a person sees all faults in the same go. The mildest kind asks least.
  const stack: Stack = {
    environment: options.environment,
    kind: kind ?? 'dev',
    networks,
    ...values,
    secrets: secrets ?? [],
  };
  faults.push(...checkStack(stack, options.knowledge, { secretsKnown: secrets !== undefined, unread }));
  const stray = straySecrets(own);
  // That a secret is no text, or no reference, need not be said as well.
  const all = [...stray, ...faults.filter(({ path }) => !stray.some((fault) => isBelow(path, fault.path)))];
  if (all.length === 0) return deepFreeze(stack);
  throw new ConfigError(all, options.file ?? `the configuration of stack ${options.environment}`, options.locate);
}

function ownKeys(config: Readonly<Record<string, unknown>>, faults: Fault[]): Record<string, unknown> {
  const own: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(config)) {
    if (!key.startsWith(NAMESPACE)) continue;
    const short = key.slice(NAMESPACE.length);
    if (KEYS.includes(short)) own[short] = value;
    else
      faults.push({
        path: [key],
        message: unknownName(
          'key',
          key,
          KEYS.map((known) => NAMESPACE + known),
        ),
      });
  }
  return own;
}

/** Pulumi would decrypt a `secure:` anywhere; we read secrets from one key only, so elsewhere it would never be a secret. */
function straySecrets(own: Readonly<Record<string, unknown>>): Fault[] {
  const faults: Fault[] = [];
  const visit = (value: unknown, path: Path): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key !== 'secure') visit(inner, [...path, Array.isArray(value) ? Number(key) : key]);
      else
        faults.push({
          path,
          message: 'a secret may stand only under chainwatch:secrets; put it there and write { secret: <name> } here',
        });
    }
  };
  for (const [key, value] of Object.entries(own)) if (key !== 'secrets') visit(value, [NAMESPACE + key]);
  return faults;
}

function parseKind(value: unknown, stackName: string, faults: Fault[]): EnvironmentKind | undefined {
  const given = value ?? stackName;
  const kind = KINDS.find((known) => known === given);
  if (!kind) {
    const hint = value === undefined ? `stack "${stackName}" is none of them, so set it` : `not ${describe(value)}`;
    faults.push({ path: [`${NAMESPACE}environment`], message: `must be dev, testnet or mainnet: ${hint}` });
  }
  return kind;
}

/** In the place of a section that cannot be read stand its defaults; it is then among the `unread`. */
function parseSections(own: Readonly<Record<string, unknown>>, faults: Fault[], unread: Path[]) {
  const readable: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(sections)) {
    const outcome = schema.safeParse(own[key], { error: wording });
    if (outcome.success) readable[key] = own[key];
    else {
      unread.push([NAMESPACE + key]);
      faults.push(...faultsOf(outcome.error, [NAMESPACE + key]));
    }
  }
  // Parsing each section alone gives all faults; the object schema then gives the type.
  return sectionsObject.parse(readable);
}
const sectionsObject = z.object(sections);

function parseNetworks(value: unknown, knowledge: Knowledge, faults: Fault[], unread: Path[]): Network[] {
  const root = [`${NAMESPACE}networks`];
  if (value === undefined) return [];
  if (!isRecord(value)) {
    faults.push({ path: root, message: 'must be an object: a network under each name' });
    return [];
  }
  const networks: Network[] = [];
  for (const [name, raw] of Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const network = parseNetwork(name, raw, [...root, name], knowledge, faults, unread);
    if (network) networks.push(network);
  }
  return networks;
}

/** A network as the file has it. */
interface Raw {
  readonly name: string;
  readonly raw: unknown;
  readonly path: Path;
}

function parseNetwork(
  name: string,
  raw: unknown,
  path: Path,
  knowledge: Knowledge,
  faults: Fault[],
  unread: Path[],
): Network | undefined {
  const named = nameSchema.safeParse(name);
  if (!named.success) faults.push({ path, message: `the name of a network ${named.error.issues[0]?.message}` });
  const chainName: unknown = typeof raw === 'object' && raw !== null && 'chain' in raw ? raw.chain : undefined;
  const chains = [...knowledge.values()].filter((chain) => chain.scope === 'network').map((chain) => chain.name);
  const chain = typeof chainName === 'string' && chains.includes(chainName) ? knowledge.get(chainName) : undefined;
  if (!chain) {
    const message =
      typeof chainName === 'string'
        ? unknownName('chain', chainName, chains)
        : `${chainName === undefined ? 'says no chain' : 'must be the name of a chain'}; known: ${chains.join(', ')}`;
    faults.push({ path: chainName === undefined ? path : [...path, 'chain'], message });
    return readCommon(name, raw, path, faults, unread);
  }
  const outcome = networkSchema(chain).safeParse(raw, { error: wording });
  if (!outcome.success) {
    faults.push(...faultsOf(outcome.error, path));
    return readRest(outcome.error, lenientNetworkSchema(chain), { name, raw, path }, unread);
  }
  const network: Network = { name, ...outcome.data };
  faults.push(...chain.check(network).map((fault) => ({ ...fault, path: [...path, ...fault.path] })));
  return network;
}

/** Of a network whose chain is not known: what all networks have. What only its chain could judge is not judged. */
function readCommon(name: string, raw: unknown, path: Path, faults: Fault[], unread: Path[]): Network | undefined {
  if (!isRecord(raw)) return undefined;
  const outcome = anyNetworkSchema.safeParse(raw, { error: wording });
  if (outcome.success) return { name, ...outcome.data };
  faults.push(...faultsOf(outcome.error, path));
  return readRest(outcome.error, anyNetworkSchema, { name, raw, path }, unread);
}

/** What can be read of a network without its faulty fields, so that the cross-checks see the rest of it. */
function readRest(
  error: z.core.$ZodError,
  schema: typeof anyNetworkSchema | ReturnType<typeof lenientNetworkSchema>,
  { name, raw, path }: Raw,
  unread: Path[],
): Network | undefined {
  const bad = error.issues.flatMap(faultyFields);
  const rest = bad.reduce(without, raw);
  // With matchers a network may have anything: nothing is said of nodes that could not be read.
  const noNodes = bad.some(([key]) => key === 'nodes');
  const outcome = schema.safeParse(noNodes && isRecord(rest) ? { ...rest, matchers: {} } : rest);
  unread.push(...bad.map((field) => [...path, ...field]));
  return outcome.success ? { name, ...outcome.data } : undefined;
}

/** One alert's tuning does not spoil the others; of everything else the whole field goes. */
function faultyFields(issue: z.core.$ZodIssue): Path[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys' && path.length === 0) return issue.keys.map((key) => [key]);
  return [path.slice(0, path[0] === 'alerts' ? 2 : 1)];
}

function without(value: unknown, [key, ...rest]: Path): unknown {
  if (!isRecord(value) || key === undefined) return value;
  if (rest.length > 0) return { ...value, [key]: without(value[key], rest) };
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseSecrets(value: unknown, faults: Fault[]): string[] | undefined {
  if (value === undefined) return undefined;
  if (!isRecord(value)) {
    faults.push({ path: [`${NAMESPACE}secrets`], message: 'must be an object: a secret under each name' });
    return undefined;
  }
  // Pulumi may hold the whole object as one encrypted text: then its names cannot be seen here.
  return 'secure' in value ? undefined : Object.keys(value).sort();
}

function faultsOf(error: z.core.$ZodError, root: Path): Fault[] {
  return error.issues.flatMap((issue) => faultsOfIssue(issue, root));
}

function faultsOfIssue(issue: z.core.$ZodIssue, root: Path): Fault[] {
  const path = [...root, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))];
  if (issue.code === 'invalid_key') return issue.issues.map(({ message }) => ({ path, message }));
  if (issue.code === 'invalid_union' && issue.errors.length > 0) return faultsOfUnion(issue.errors, path);
  return [{ path, message: issue.message }];
}

/**
 * A union reports its branches; what helps is the one that was meant: which knows the keys that are there, and came furthest. Where
 * none came anywhere, those that are of the right kind at all.
 */
function faultsOfUnion(branches: readonly (readonly z.core.$ZodIssue[])[], path: Path): Fault[] {
  const [meant = []] = [...branches].sort((a, b) => strangers(a) - strangers(b) || depth(b) - depth(a));
  if (depth(meant) > 0) return meant.flatMap((inner) => faultsOfIssue(inner, path));
  const fitting = branches.filter(([first]) => first?.code !== 'invalid_type');
  const messages = (fitting.length > 0 ? fitting : branches).map((branch) => branch[0]?.message);
  return [{ path, message: [...new Set(messages)].join('; or ') }];
}

/** How little a branch is about what is there: its unknown keys, fewer where it knows what was meant; all, where it is no object. */
function strangers(issues: readonly z.core.$ZodIssue[]): number {
  return issues.reduce((total, { code, path, message }) => {
    if (code === 'unrecognized_keys') return total + (message.includes('did you mean') ? 1 : 2);
    return total + (path.length === 0 ? 100 : 0);
  }, 0);
}

function depth(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length + (issue.code === 'unrecognized_keys' ? 1 : 0)));
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
