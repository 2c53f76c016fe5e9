/** From the configuration keys of one stack to a Stack, or to the list of everything that is wrong with them. */
import { z } from 'zod';
import { checkStack } from './check/index.ts';
import { ConfigError, type Fault, isBelow, type Locate, type Path, unknownName } from './faults.ts';
import { describe, name as nameSchema, wording } from './fields.ts';
import { faultsOf } from './issues.ts';
import type { Knowledge } from './knowledge.ts';
import { anyNetworkSchema, lenientNetworkSchema, type Network, networkSchema } from './networks.ts';
import { readRest } from './readable.ts';
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

/** In the place of what cannot be read stand its defaults; it is then among the `unread`. */
function parseSections(own: Readonly<Record<string, unknown>>, faults: Fault[], unread: Path[]) {
  const readable: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(sections)) {
    const outcome = schema.safeParse(own[key], { error: wording });
    if (outcome.success) readable[key] = own[key];
    else {
      const rest = readRest<unknown>(schema, own[key], (path) => standInOfSection(key, path));
      if (rest) readable[key] = rest.raw;
      unread.push(...(rest?.unread ?? [[]]).map((path) => [NAMESPACE + key, ...path]));
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
    unread.push(root);
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
    return restOf(lenientNetworkSchema(chain), { name, raw, path }, unread);
  }
  const network: Network = { name, ...outcome.data };
  faults.push(...chain.check(network).map((fault) => ({ ...fault, path: [...path, ...fault.path] })));
  return network;
}

/** Of a network whose chain is not known: what all networks have. What only its chain could judge is not judged. */
function readCommon(name: string, raw: unknown, path: Path, faults: Fault[], unread: Path[]): Network | undefined {
  if (!isRecord(raw)) {
    unread.push(path);
    return undefined;
  }
  const outcome = anyNetworkSchema.safeParse(raw, { error: wording });
  if (outcome.success) return { name, ...outcome.data };
  faults.push(...faultsOf(outcome.error, path));
  return restOf(anyNetworkSchema, { name, raw, path }, unread);
}

/** What can be read of a network without its faulty fields, so that the cross-checks see the rest of it. */
function restOf(
  schema: typeof anyNetworkSchema | ReturnType<typeof lenientNetworkSchema>,
  { name, raw, path }: Raw,
  unread: Path[],
): Network | undefined {
  const rest = readRest<Omit<Network, 'name'>>(schema, raw, standInOfNetwork);
  unread.push(...(rest?.unread ?? [[]]).map((field) => [...path, ...field]));
  if (!rest) return undefined;
  // With matchers a network may have anything: nothing is said of components whose nodes could not be read.
  const noNodes = rest.unread.some(([key, , index]) => key === 'nodes' && index === undefined);
  return { name, ...rest.value, ...(noNodes ? { matchers: {} } : {}) };
}

/** An unreadable node is a node all the same. */
function standInOfNetwork([field, component, index, ...deeper]: Path): unknown {
  if (field !== 'nodes' || component === undefined || index === undefined || deeper.length > 0) return undefined;
  return { name: `unread-${index}`, address: `unread-${index}.invalid:1` };
}

/** Routes name receivers and mute times, also those that could not be read; without its address a Grafana would be none. */
function standInOfSection(section: string, [field, called, ...deeper]: Path): unknown {
  if (section === 'grafana' && field === 'url' && called === undefined) return 'https://unread.invalid';
  if (section !== 'notifications' || called === undefined || deeper.length > 0) return undefined;
  if (field === 'receivers') return { webhook: { url: 'https://unread.invalid' } };
  return field === 'muteTimes' ? [{}] : undefined;
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
  if ('secure' in value) return undefined;
  for (const [name, held] of Object.entries(value)) if (!isEncrypted(held)) faults.push(plainSecret(name));
  return Object.keys(value).sort();
}

function isEncrypted(value: unknown): boolean {
  return isRecord(value) && typeof value.secure === 'string' && Object.keys(value).length === 1;
}

function plainSecret(name: string): Fault {
  const message = `stands in plain text in a file of the repository; encrypt it: pulumi config set --secret --path '${NAMESPACE}secrets.${name}' (and have a new one made if anybody may have read it)`;
  return { path: [`${NAMESPACE}secrets`, name], message };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
