/** The outcome of `catalog update`, for people and for machines. */
import type { Family } from '../../model/exposition/read.ts';
import type { Io } from '../io.ts';
import { columns, count, indent, type Paint, paint } from '../output.ts';
import type { Outcome } from './update.ts';

export function documentOf({ comparison, ...outcome }: Outcome) {
  const { added, notSeen, differences, same } = comparison;
  return {
    ...outcome,
    added: added.map(({ name, type, help, labels, series }) => ({
      name,
      type: typeName(type),
      help,
      labels: [...labels.keys()],
      series,
    })),
    notSeen: notSeen.map(({ name }) => name),
    differences,
    same,
  };
}

function typeName(type: Family['type']): string {
  return type === 'unknown' ? 'untyped' : type;
}

export function show(outcome: Outcome, io: Io): string {
  const colours = paint(io);
  const { bold, dim } = colours;
  const { chain, chainBy, component, guessed, from, families, comparison } = outcome;
  const { added, notSeen, differences, same } = comparison;
  const how = guessed ? dim(' (by what it exposes)') : '';
  const parts = [
    `${from}: ${component} of ${chain}${how}, ${count(families, 'metric')}, of which ${same} as the catalogue has them\n${chainBy === undefined ? '' : dim(`${chain}, since it has ${chainBy}; --chain names another\n`)}`,
    ...section(
      `new: ${added.length}`,
      added.map((family) => [family.name, typeName(family.type), `${labelsOf(family)}${dim(family.help)}`]),
      bold,
    ),
    ...section(
      `not as written: ${differences.length}`,
      differences.map(({ name, message }) => [`${name} ${message}`]),
      bold,
    ),
    ...section(
      `not seen: ${notSeen.length}`,
      notSeen.map(({ name, type }) => [name, type]),
      bold,
    ),
  ];
  return `${parts.join('\n')}\n${verdict(outcome, colours)}`;
}

function section(head: string, rows: readonly (readonly string[])[], bold: (text: string) => string): string[] {
  return rows.length === 0 ? [] : [`${bold(head)}\n${indent(columns(rows))}`];
}

function labelsOf({ labels }: Family): string {
  return labels.size === 0 ? '' : `{${[...labels.keys()].join(', ')}} `;
}

function verdict({ file, comparison, markGone, written, changes }: Outcome, { green, dim }: Paint): string {
  const { added, notSeen, differences } = comparison;
  const hints = [
    ...(differences.length > 0 ? ['What is not as written is for a person to change: a rule may lean on it.'] : []),
    ...(notSeen.length > 0 && !markGone
      ? [
          'Not seen is not gone: a part may be idle or switched off. --mark-gone marks these, with where they were not seen.',
        ]
      : []),
  ].map((hint) => `${dim(hint)}\n`);
  const parts = [
    ...(added.length > 0 ? [`${added.length} new`] : []),
    ...(markGone && notSeen.length > 0 ? [`${notSeen.length} marked as not seen`] : []),
  ].join(', ');
  const done = written
    ? `${green('written')}: ${file}: ${parts}. Look at the diff, give each new one its unit and its source, and run rules check.\n`
    : changes
      ? `Nothing is written; --write would change ${file}: ${parts}.\n`
      : `${file} needs no change.\n`;
  return [...hints, done].join('');
}
