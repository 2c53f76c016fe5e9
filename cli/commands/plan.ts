import { type Command, Option } from 'commander';
import { act, JSON_OPTION, type Session, stackOption } from '../command.ts';
import { COMMAND } from '../commandName.ts';
import type { DiffOptions } from '../diff/diff.ts';
import { addExamples, groups } from '../help.ts';
import type { RenderOptions } from '../render/render.ts';
import { historyOptions } from './backtest.ts';

/** render, diff, and the hidden `plan` that diff asks each revision for. */
export function registerPlanCommands(program: Command, session: Session): void {
  const { io } = session;
  const diff = program
    .command('diff')
    .helpGroup(groups.understand)
    .summary('what a change does: alerts, limits, routes, …')
    .description(
      'Say what a change means: alerts, thresholds, routes, receivers, targets, dashboards and settings, before and after.',
    )
    .addOption(stackOption())
    .option('-b, --base <revision>', 'compare the files here with this commit', 'HEAD')
    .addOption(
      new Option('-f, --format <format>', 'how to show it').choices(['text', 'json', 'markdown']).default('text'),
    )
    .option('--exit-code', 'end with 1 where something changes', false)
    .option('-p, --prometheus <url>', 'also how often the changed rules would have fired by its history');
  for (const option of historyOptions()) diff.addOption(option);
  diff.action(act(session, async (options: DiffOptions) => (await import('../diff/diff.ts')).diff(options, io)));
  addExamples(diff, [
    [`${COMMAND} diff -s mainnet`, 'not yet committed'],
    [`${COMMAND} diff -s mainnet -b origin/main`, 'this branch'],
    [`${COMMAND} diff -s mainnet -b origin/main -f markdown`, 'for a pull request'],
    [`${COMMAND} diff -s mainnet -p http://localhost:9090 --from 30d`, 'with a backtest'],
  ]);

  const render = program
    .command('render')
    .helpGroup(groups.deliver)
    .summary('its files: Prometheus, rules, manifests, …')
    .description(
      'Write the files of a stack: Prometheus, rules, Alertmanager, dashboards, settings of our services, runbooks; and, where it names a cluster, the manifests that `pulumi up` would apply, with secrets masked.',
    )
    .addOption(stackOption())
    .option('-o, --out <folder>', 'a new or empty folder, or one that render wrote')
    .addOption(
      new Option('--only <part>', 'plain: without manifests, which take a second').choices(['plain', 'manifests']),
    )
    .option('--image <reference>', 'of our services, in manifests: registry/name@sha256:…')
    .option('--force', 'also over files that others wrote or changed', false)
    .action(act(session, async (options: RenderOptions) => (await import('../render/render.ts')).render(options, io)));
  addExamples(render, [
    [`${COMMAND} render -s testnet -o rendered`, 'the first time all; again: only what changed'],
    [`${COMMAND} render -s testnet -o rendered --force`, 'also over files that you have edited there'],
    [`${COMMAND} render -s testnet -o rendered --only manifests`, 'what a cluster would be given'],
  ]);

  const plan = program
    .command('plan', { hidden: true })
    .description('The plan as a document of a stable format, which `diff` compares.')
    .addOption(stackOption())
    .option(...JSON_OPTION, true)
    .action(
      act(session, async (options: { stack: string }) => (await import('../plan/plan.ts')).showPlan(options, io)),
    );
  addExamples(plan, [[`${COMMAND} plan -s testnet --json`, 'see cli/plan/document.ts']]);
}
