/** `chainwatch catalog update`: what a program really exposes, beside what its catalogue says of it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unknownName } from '../../config/faults.ts';
import { guessChainOf } from '../../model/catalog/chain.ts';
import { type Comparison, compareExposition, guessComponent } from '../../model/catalog/compare.ts';
import { CatalogueEditError, editCatalogue } from '../../model/catalog/edit.ts';
import { type Family, readExposition } from '../../model/exposition/read.ts';
import type { Known } from '../../model/knowledge.ts';
import { type Catalogue, parseCatalogue } from '../../model/rules/catalogue.ts';
import { componentsOf } from '../../model/rules/lint/known.ts';
import { writeAtomically } from '../atomic.ts';
import { COMMAND } from '../commandName.ts';
import { CliError } from '../errors.ts';
import { type ExitCode, exitCodes } from '../exitCodes.ts';
import { interruptible } from '../interrupt.ts';
import type { Io } from '../io.ts';
import { loadKnown } from '../loadStack.ts';
import { json } from '../output.ts';
import { documentOf, show } from './show.ts';
import { type Fetched, readSource } from './source.ts';

export interface UpdateOptions {
  /** Told by the names where it is absent. */
  readonly chain?: string;
  /** An address or a file. */
  readonly from: string;
  readonly component?: string;
  readonly write: boolean;
  readonly markGone: boolean;
  readonly json: boolean;
}

const RULES = join(import.meta.dirname, '..', '..', 'rules');

/** What was found, and what became of the file. */
export interface Outcome {
  readonly chain: string;
  /** Where it was not said but found out: by what. */
  readonly chainBy?: string;
  readonly component: string;
  /** Whether it was said, or found out. */
  readonly guessed: boolean;
  readonly from: string;
  /** `rules/op-stack/metrics.yaml` */
  readonly file: string;
  readonly families: number;
  readonly comparison: Comparison;
  readonly markGone: boolean;
  readonly written: boolean;
  /** Whether writing changes, or would change, something. */
  readonly changes: boolean;
}

/** @param folder of the rule packs; default: the program's own */
export async function updateCatalog(options: UpdateOptions, io: Io, folder: string = RULES): Promise<ExitCode> {
  const known = loadKnown();
  const names = known.packs.names;
  if (options.chain !== undefined && !names.includes(options.chain))
    throw new CliError(unknownName('chain', options.chain, names));
  if (options.chain !== undefined) checkComponent(options.chain, options.component, known);
  const fetched = await interruptible((signal) => readSource(options.from, io.cwd, signal));
  const families = familiesOf(fetched, options.from);
  const told = options.chain === undefined ? chainOf(families, options.from, known) : undefined;
  const chain = options.chain ?? told?.chain ?? '';
  if (told) checkComponent(chain, options.component, known);
  const path = join(folder, chain, 'metrics.yaml');
  const file = `rules/${chain}/metrics.yaml`;
  const before = readFileSync(path, 'utf8');
  const own = parseCatalogue(before, file);
  const component = options.component ?? guessed(families, own, chain, options.from, componentsIn(known, chain, own));
  const others = known.packs.names
    .filter((name) => name === 'system' && name !== chain)
    .flatMap((name) => known.packs.get(name)?.catalogue ?? []);
  const comparison = compareExposition(families, own, others, component);
  const after = edited(before, file, comparison, component, options, fetched);
  if (options.write && after !== before) writeAtomically(path, after);
  const outcome: Outcome = {
    chain,
    ...(told ? { chainBy: told.by } : {}),
    component,
    guessed: options.component === undefined,
    from: options.from,
    file,
    families: families.length,
    comparison,
    markGone: options.markGone,
    written: options.write && after !== before,
    changes: after !== before,
  };
  io.out(options.json ? json(documentOf(outcome)) : show(outcome, io));
  return exitCodes.ok;
}

/** @throws CliError */
function checkComponent(chain: string, component: string | undefined, known: Known): void {
  const own = known.packs.get(chain)?.catalogue;
  const components = own ? componentsIn(known, chain, own) : [];
  if (component !== undefined && !components.includes(component))
    throw new CliError(`${chain}: ${unknownName('component', component, components)}`);
}

/** @throws CliError where the names do not say it */
function chainOf(families: readonly Family[], from: string, known: Known): { chain: string; by: string } {
  const catalogues = known.packs.all().map(({ catalogue }) => catalogue);
  const { chain, votes, known: all } = guessChainOf(families, catalogues);
  const said = votes.map((vote) => `${vote.chain} has ${vote.names}`).join(', ');
  if (chain !== undefined) {
    const rest = votes.length > 1 ? `; ${said}` : '';
    return { chain, by: `${votes[0]?.names} of the ${all} names that a catalogue knows${rest}` };
  }
  const why = votes.length === 0 ? 'no catalogue has any of its names' : `of ${all} names that are known ${said}`;
  throw new CliError(`whose metrics ${from} holds cannot be told: ${why}`, {
    remedy: `say it: --chain, one of ${known.packs.names.join(', ')}`,
  });
}

function componentsIn(known: Known, chain: string, { metrics }: Catalogue): string[] {
  const listed = [...metrics.values()].flatMap(({ component }) => component ?? []);
  return [...new Set([...componentsOf(known, chain), ...listed])].sort();
}

/** @throws CliError for what is no exposition, or not wholly one */
function familiesOf({ text, isUrl }: Fetched, from: string): readonly Family[] {
  const { families, faults } = readExposition(text);
  if (faults.length === 0 && families.length > 0) return families;
  const exitCode = isUrl ? exitCodes.unreachable : exitCodes.usage;
  const remedy = 'give the address that Prometheus scrapes, or a file with what it serves; the path is mostly /metrics';
  const begins = text.trimStart().slice(0, 1);
  if (families.length === 0) {
    const what =
      text.trim() === ''
        ? 'is empty'
        : begins === '<'
          ? 'is a page of HTML'
          : /[[{]/.test(begins)
            ? 'is JSON'
            : 'has no sample';
    const where = faults[0] === undefined ? '' : ` (${faults[0]})`;
    throw new CliError(`what ${from} holds is no exposition of metrics: it ${what}${where}`, { exitCode, remedy });
  }
  const listed = faults.slice(0, 10).map((fault) => `\n  ${fault}`);
  const more = faults.length > 10 ? `\n  and ${faults.length - 10} more` : '';
  throw new CliError(
    `what ${from} holds is an exposition with faults, which Prometheus would refuse:${listed.join('')}${more}`,
    {
      exitCode,
      remedy: 'mend the program that writes it; nothing was changed',
    },
  );
}

function guessed(
  families: readonly Family[],
  own: Catalogue,
  chain: string,
  from: string,
  components: readonly string[],
): string {
  const component = guessComponent(families, own);
  if (component !== undefined) return component;
  throw new CliError(`nothing that ${from} exposes is in the catalogue of ${chain}, so what it is cannot be told`, {
    remedy: `say it: --component, one of ${components.join(', ')}`,
  });
}

/** @throws CliError where the file does not let itself be extended; it is left as it was */
function edited(
  before: string,
  file: string,
  { added, notSeen }: Comparison,
  component: string,
  options: UpdateOptions,
  { isUrl }: Fetched,
): string {
  try {
    const after = editCatalogue(before, {
      added,
      component,
      source: `${isUrl ? 'live' : 'saved'} exposition of ${component}`,
      gone: options.markGone ? notSeen.map(({ name }) => name) : [],
    });
    parseCatalogue(after, file);
    return after;
  } catch (error) {
    if (!(error instanceof CatalogueEditError)) throw error;
    throw new CliError(`${file} cannot be extended: ${error.message}`, {
      remedy: `write it as a list under "metrics:"; ${COMMAND} catalog update changed nothing`,
    });
  }
}
