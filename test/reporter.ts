/** Counts what a layer did and keeps why tests were skipped: `run.ts` puts the layers' counts together in the last lines. */
import { writeFileSync } from 'node:fs';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

export interface LayerCounts {
  readonly passed: number;
  readonly failed: number;
  /** What was not tested here, and why. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
}

export default class CountingReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const file = process.env.CHAINWATCH_TEST_COUNTS;
    if (file === undefined) return;
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    // A file that could not even be loaded has no tests, yet it has failed.
    const broken = modules.filter((module) => module.state() === 'failed' && module.errors().length > 0).length;
    const counts: LayerCounts = {
      passed: count('passed'),
      failed: count('failed') + broken + unhandledErrors.length,
      skipped: tests.filter((test) => test.result().state === 'skipped').map(skip),
    };
    writeFileSync(file, JSON.stringify(counts));
  }
}

function skip(test: TestCase): LayerCounts['skipped'][number] {
  const result = test.result();
  const note = result.state === 'skipped' ? result.note : undefined;
  return { name: test.fullName, reason: note ?? 'no reason given' };
}
