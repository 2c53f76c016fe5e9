import type { Command } from 'commander';
import { act, JSON_OPTION, type Session } from '../command.ts';
import { COMMAND } from '../commandName.ts';
import { addExamples } from '../help.ts';
import type { ImportOptions } from '../rules/import/import.ts';

/** rules import */
export function registerRuleImport(rules: Command, session: Session): void {
  const { io } = session;
  const command = rules
    .command('import')
    .summary('take over rules you have; what is wrong')
    .description(
      'Make a pack draft of rules that you have already (Prometheus rule files, PrometheusRule manifests, exports of Grafana alerting), and say what is wrong with them. Ends with 1 where something is.',
    )
    .argument('<file|folder>', 'YAML or JSON')
    .option('-o, --out <folder>', 'write the draft there; else it is printed')
    .option('--chain <chain>', 'whose metrics they read; else told by them')
    .option(
      '--alertmanager <file>',
      'also name routes that no alert takes, of this or of a notification policy of Grafana; a folder may hold it',
    )
    .option(...JSON_OPTION, false)
    .action(
      act(session, async (path: string, options: ImportOptions) =>
        (await import('../rules/import/import.ts')).importRules(path, options, io),
      ),
    );
  addExamples(command, [
    [`${COMMAND} rules import alert_rules.yml --chain op-stack`, 'what is wrong with it'],
    [`${COMMAND} rules import export.json -o draft`, 'an export of Grafana'],
    [`${COMMAND} rules import monitoring -o draft --alertmanager monitoring/alertmanager.yml`, 'all of a set-up'],
  ]);
}
