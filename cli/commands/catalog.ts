import type { Command } from 'commander';
import type { UpdateOptions } from '../catalog/update.ts';
import { act, JSON_OPTION, type Session } from '../command.ts';
import { COMMAND } from '../commandName.ts';
import { addExamples, addGroup, type Example, groups } from '../help.ts';

/** catalog update */
export function registerCatalogCommands(program: Command, session: Session): void {
  const { io } = session;
  const catalog = addGroup(program, 'catalog', 'What each program exposes: rules/<chain>/metrics.yaml.')
    .helpGroup(groups.understand)
    .summary('metrics that rules may read, against live ones');
  const update = catalog
    .command('update')
    .summary('compare a live program with its catalogue')
    .description(
      'Compare what a program exposes (text format or OpenMetrics) with the catalogue of its chain: what is new, what is not seen, what has another type, label or bucket. With --write new metrics are added; the rest of the file stays as it is.',
    )
    .requiredOption('--from <url|file>', 'what Prometheus scrapes, or a copy of it')
    .option('--chain <chain>', 'whose catalogue; else told by the names')
    .option('--component <name>', 'which program it is; else told by its metrics')
    .option('--write', 'change the file; else only say what would change', false)
    .option('--mark-gone', 'mark what is not seen, so that no rule reads it', false)
    .option(...JSON_OPTION, false)
    .action(
      act(session, async (options: UpdateOptions) => (await import('../catalog/update.ts')).updateCatalog(options, io)),
    );
  const calls: Example[] = [
    [`${COMMAND} catalog update --from http://localhost:7300/metrics`, 'what differs'],
    [
      `${COMMAND} catalog update --chain system --component node-exporter --from metrics.txt --write`,
      'add what is new',
    ],
  ];
  addExamples(update, calls);
  addExamples(catalog, calls);
}
