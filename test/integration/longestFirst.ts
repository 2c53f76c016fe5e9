import { basename } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take long by themselves, the longest first: one that begins last has the other workers wait for it. */
const LONG = [
  'cli-drill.test.ts',
  'cli-diff.test.ts',
  'agent.test.ts',
  'local.test.ts',
  'cli-render.test.ts',
  'local-signals.test.ts',
  'aggregator-reader.test.ts',
  'receiver-crash.test.ts',
  'receiver-page.test.ts',
  'status-page.test.ts',
  'cli-peers.test.ts',
  'cli-backtest-truth.test.ts',
  'image.test.ts',
];

/** What vitest does itself knows how long files took the last time; on a fresh clone there was none. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ project, moduleId }: TestSpecification) => {
      const at = project.name === 'integration' ? LONG.indexOf(basename(moduleId)) : -1;
      return at < 0 ? LONG.length : at;
    };
    // The order of projects stays: vitest runs one after another.
    const projects = [...new Set(sorted.map(({ project }) => project.name))];
    return projects.flatMap((name) =>
      sorted.filter(({ project }) => project.name === name).sort((a, b) => rank(a) - rank(b)),
    );
  }
}
