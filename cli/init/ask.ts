/** Questions to a person. What flags have said is not asked again; each answer is checked by the field's own schema. */
import { type CANCEL_SYMBOL, confirm, isCancel, multiselect, select, text } from '@clack/prompts';
import { name as nameSchema } from '../../config/fields.ts';
import type { ChainFacts } from '../../config/knowledge.ts';
import { networkSchema } from '../../config/networks.ts';
import type { EnvironmentKind } from '../../config/stack.ts';
import type { Known } from '../../model/knowledge.ts';
import { CliError, Interrupted } from '../errors.ts';
import { exitCodes } from '../exitCodes.ts';
import {
  COMMON,
  chainFacts,
  type Draft,
  draftNetwork,
  type NetworkFlags,
  networkChains,
  networkInput,
  nodeFrom,
  simulatedNodes,
} from './draft.ts';
import { type Field, fieldsOf, getAt, isRecord, parseField, setAt } from './fields.ts';

export interface Surroundings {
  readonly known: Known;
  readonly kind: EnvironmentKind;
  /** Names that other networks have. */
  readonly taken: readonly string[];
}

export async function askNetwork(
  given: string | undefined,
  flags: NetworkFlags,
  { known, kind, taken }: Surroundings,
): Promise<{ name: string; network: Draft }> {
  const name = given ?? (await askName('What is the network called?', taken));
  const chain = flags.chain ?? (await askChain(known));
  const facts = chainFacts(chain, known);
  const simulated = flags.simulated || (kind === 'dev' && flags.node.length === 0 && (await askSimulated()));
  const network = draftNetwork({ ...flags, simulated: false }, facts);
  if (simulated) network.simulated = true;
  if (network.nodes === undefined) network.nodes = await askNodes(facts, simulated);
  const check = (path: string, draft: Draft) => faultAt(facts, path, draft);
  for (const field of fieldsOf(networkInput(facts), COMMON)) await askField(field, network, check);
  return { name, network };
}

/** A cancelled question ends the command: nothing has been written. */
export function answered<T>(answer: T | typeof CANCEL_SYMBOL): T {
  if (isCancel(answer)) throw new Interrupted(exitCodes.interrupted);
  return answer;
}

export async function askName(message: string, taken: readonly string[] = [], initialValue = ''): Promise<string> {
  const validate = (answer: string | undefined) => {
    const parsed = nameSchema.safeParse(answer ?? '');
    if (!parsed.success) return parsed.error.issues[0]?.message;
    return taken.includes(parsed.data) ? `there is a ${parsed.data} already` : undefined;
  };
  return answered(await text({ message, initialValue, validate }));
}

async function askChain(known: Known): Promise<string> {
  const options = networkChains(known).map((value) => ({
    value,
    label: known.chains.get(value)?.title ?? value,
    hint: value,
  }));
  const [only] = options;
  if (options.length === 1 && only) return only.value;
  return answered(await select({ message: 'Which chain is it?', options }));
}

async function askSimulated(): Promise<boolean> {
  return answered(await confirm({ message: 'Simulate its nodes? (No: you have real ones)' }));
}

async function askNodes(facts: ChainFacts, simulated: boolean): Promise<Draft> {
  const initialValues = simulated ? Object.keys(simulatedNodes(facts.name, facts.components)) : [];
  const options = (simulated ? initialValues : facts.components).map((value) => ({ value, label: value }));
  const chosen = answered(await multiselect({ message: 'Which processes does it have?', options, initialValues }));
  if (simulated) return simulatedNodes(facts.name, chosen);
  const nodes: Draft = {};
  for (const component of chosen) {
    const message = `Where are the metrics of ${component}? (host:port or name@host:port, several with commas)`;
    const validate = (answer: string | undefined) =>
      faultAt(facts, 'nodes', { nodes: { [component]: nodeList(answer) } });
    nodes[component] = nodeList(answered(await text({ message, placeholder: '10.0.0.5:9464', validate })));
  }
  return nodes;
}

function nodeList(answer: string | undefined) {
  return (answer ?? '').split(',').flatMap((part) => (part.trim() === '' ? [] : [nodeFrom(part.trim())]));
}

/** One question for one field, unless it is set; an empty answer leaves what is optional out. */
export async function askField(
  { path, required, schema }: Field,
  draft: Draft,
  check: (path: string, draft: Draft) => string | undefined,
  suggested?: string,
): Promise<void> {
  if (getAt(draft, path) !== undefined || schema.type === 'boolean') return;
  const about = schema.description ?? '';
  const fallback =
    schema.default === undefined || isRecord(schema.default) ? '' : `default ${JSON.stringify(schema.default)}`;
  const notes = [about, required ? '' : fallback || 'optional'].filter((note) => note !== '').join('; ');
  const tried = (answer: string) => {
    const copy = structuredClone(draft);
    setAt(copy, path, parseField(schema, answer));
    return copy;
  };
  const validate = (answer = '') => {
    if (answer === '') return required ? 'this is needed' : undefined;
    try {
      return check(path, tried(answer));
    } catch (error) {
      if (error instanceof CliError) return error.message;
      throw error;
    }
  };
  const example = schema.examples?.find((each) => typeof each === 'string');
  const answer = answered(
    await text({
      message: `${path}${notes === '' ? '' : ` (${notes})`}`,
      placeholder: typeof example === 'string' ? example : '',
      validate,
      ...(suggested === undefined ? {} : { initialValue: suggested }),
    }),
  );
  if (answer !== undefined && answer !== '') setAt(draft, path, parseField(schema, answer));
}

/** What the chain's schema says of this field; the rest of the network may still be missing. */
function faultAt(facts: ChainFacts, path: string, draft: Draft): string | undefined {
  const outcome = networkSchema(facts).safeParse({ chain: facts.name, nodes: {}, ...draft });
  const issue = outcome.error?.issues.find((each) => each.path.join('.').startsWith(path));
  return issue?.message;
}
