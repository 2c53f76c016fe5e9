/** A stack or a network from flags alone. Nobody is there to be asked, so all that is missing is told at once. */

import type { EnvironmentKind } from '../../config/stack.ts';
import type { Known } from '../../model/knowledge.ts';
import { COMMAND } from '../commandName.ts';
import { CliError } from '../errors.ts';
import { columns, indent } from '../output.ts';
import {
  COMMON,
  chainFacts,
  type Draft,
  draftNetwork,
  type NetworkFlags,
  networkChains,
  networkInput,
} from './draft.ts';
import { type InitOptions, kindOf } from './draftStack.ts';
import { fieldsOf, getAt } from './fields.ts';

/** A flag, and what it is for. */
type Missing = readonly [flag: string, what: string];

export const INIT_EXAMPLE = `${COMMAND} init --stack dev --network op-dev --chain op-stack --simulated \\
    --set chainId=901 --set l1.chainId=31337`;
export const ADD_EXAMPLE = `${COMMAND} network add op-two --stack dev --chain op-stack --simulated \\
    --set chainId=902 --set l1.chainId=31337`;

interface FromFlags {
  readonly name: string;
  readonly network: Draft;
}

/** @throws CliError naming every flag that is missing */
export function initFromFlags(
  options: InitOptions,
  known: Known,
): { name: string; kind: EnvironmentKind; network: FromFlags } {
  const { stack, environment, network, chain, receiver, watchdog } = options;
  const kind = environment ?? (stack === undefined ? undefined : kindOf(stack));
  const missing: Missing[] = [];
  if (stack === undefined) missing.push(['--stack <name>', 'what to call it: dev, testnet, mainnet, …']);
  else if (kind === undefined)
    missing.push(['--environment <kind>', `how strict ${stack} is: dev, testnet or mainnet`]);
  if (network === undefined) missing.push(['--network <name>', 'its first network']);
  missing.push(...missingOfNetwork(options, known));
  if (kind === 'mainnet' && receiver === undefined) missing.push(['--receiver <channel>', 'who is told: slack, …']);
  if (kind === 'mainnet' && watchdog === undefined)
    missing.push(['--watchdog <url|secret>', 'the webhook that notices when the Watchdog stops']);
  if (missing.length > 0 || stack === undefined || kind === undefined || network === undefined || chain === undefined)
    throw refusal(missing, 'init', INIT_EXAMPLE);
  return { name: stack, kind, network: { name: network, network: draftNetwork(options, chainFacts(chain, known)) } };
}

/** @throws CliError naming every flag that is missing */
export function networkFromFlags(name: string | undefined, flags: NetworkFlags, known: Known): FromFlags {
  const missing: Missing[] = name === undefined ? [['<name>', 'what to call the network']] : [];
  missing.push(...missingOfNetwork(flags, known));
  if (missing.length > 0 || name === undefined || flags.chain === undefined)
    throw refusal(missing, 'network add', ADD_EXAMPLE);
  return { name, network: draftNetwork(flags, chainFacts(flags.chain, known)) };
}

function missingOfNetwork(flags: NetworkFlags, known: Known): Missing[] {
  const nodes: Missing = ['--node <component=host:port>', 'what to scrape; or --simulated in a dev stack'];
  if (flags.chain === undefined) {
    const chain: Missing = ['--chain <chain>', networkChains(known).join(', ')];
    return flags.node.length > 0 || flags.simulated ? [chain] : [chain, nodes];
  }
  const facts = chainFacts(flags.chain, known);
  const draft = draftNetwork(flags, facts);
  const fields = fieldsOf(networkInput(facts), COMMON).filter(
    ({ path, required }) => required && getAt(draft, path) === undefined,
  );
  return [
    ...(draft.nodes === undefined && draft.matchers === undefined ? [nodes] : []),
    ...fields.map(({ path, schema }): Missing => [`--set ${path}=…`, schema.description ?? '']),
  ];
}

function refusal(missing: readonly Missing[], command: string, example: string): CliError {
  const list = indent(columns(missing)).trimEnd();
  return new CliError(`${command} has nobody to ask (no terminal, or --yes), so it needs flags; missing:\n${list}`, {
    remedy: `give them, as in\n  ${example}\nor run it in a terminal without --yes, where it asks`,
  });
}
