import { type Command, Option } from 'commander';
import { act, examples, JSON_OPTION, type Session, stackOption } from '../command.ts';
import type { DiffOptions } from '../diff/diff.ts';
import type { RenderOptions } from '../render/render.ts';

/** render, diff, and the hidden `plan` that diff asks each revision for. */
export function registerPlanCommands(program: Command, session: Session): void {
  const { io } = session;
  const render = program
    .command('render')
    .description('write the files that follow: Prometheus, rules, Alertmanager, dashboards, settings, runbooks')
    .addOption(stackOption())
    .option('-o, --out <folder>', 'an empty folder, or one that render wrote before')
    .option('--force', 'also over files that somebody else wrote or changed', false)
    .action(act(session, async (options: RenderOptions) => (await import('../render/render.ts')).render(options, io)));
  examples(render, [
    ['chainwatch render --stack testnet --out rendered', 'then: promtool check config rendered/prometheus.yml'],
    [
      'chainwatch render --stack testnet --out rendered',
      'again: the same bytes; what no longer belongs there is removed',
    ],
  ]);

  const diff = program
    .command('diff')
    .description('what a change means: alerts, thresholds, routes, targets, before and after')
    .addOption(stackOption())
    .option('-b, --base <revision>', 'what to compare the files here with', 'HEAD')
    .addOption(
      new Option('-f, --format <format>', 'how to show it').choices(['text', 'json', 'markdown']).default('text'),
    )
    .option('--exit-code', 'end with 1 where something changes', false)
    .action(act(session, async (options: DiffOptions) => (await import('../diff/diff.ts')).diff(options, io)));
  examples(diff, [
    ['chainwatch diff --stack mainnet', 'what is not committed yet'],
    ['chainwatch diff --stack mainnet --base origin/main', 'what this branch means'],
    ['chainwatch diff --stack mainnet --base origin/main --format markdown', 'as a comment for a pull request'],
  ]);

  const plan = program
    .command('plan', { hidden: true })
    .description('the plan as a document of a stable format, which `diff` compares')
    .addOption(stackOption())
    .option(...JSON_OPTION, true)
    .action(
      act(session, async (options: { stack: string }) => (await import('../plan/plan.ts')).showPlan(options, io)),
    );
  examples(plan, [['chainwatch plan --stack testnet --json', 'see cli/plan/document.ts for its format']]);
}
