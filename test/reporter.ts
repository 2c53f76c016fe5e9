/** Counts what a layer did, and keeps what failed and why tests were skipped: `run.ts` puts it all together in the last lines. */
import { writeFileSync } from 'node:fs';
import type { Reporter, TestCase, TestModule } from 'vitest/node';
import { type Failure, firstLine, type LayerCounts } from './summary.ts';

type Thrown = { readonly message?: unknown };

export default class CountingReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly Thrown[]): void {
    const file = process.env.CHAINWATCH_TEST_COUNTS;
    if (file === undefined) return;
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const counts: LayerCounts = {
      passed: tests.filter((test) => test.result().state === 'passed').length,
      failed: [
        ...modules.flatMap(failuresOf),
        ...unhandledErrors.map((error) => failure('outside of a test', [error])),
      ],
      unsteady: tests.filter((test) => test.diagnostic()?.flaky === true).map(unsteadiness),
      skipped: tests.filter((test) => test.result().state === 'skipped').map(skip),
    };
    writeFileSync(file, JSON.stringify(counts));
  }
}

/** A file that could not even be loaded has no tests, and a hook that failed no test that did; both have failed. */
function failuresOf(module: TestModule): Failure[] {
  const file = module.relativeModuleId;
  const groups = [...module.children.allSuites()].filter((suite) => suite.errors().length > 0);
  const tests = [...module.children.allTests()].filter((test) => test.result().state === 'failed');
  return [
    ...(module.errors().length > 0 ? [failure(file, module.errors())] : []),
    ...groups.map((suite) => failure(`${file} > ${suite.fullName}`, suite.errors())),
    ...tests.map((test) => failure(`${file} > ${test.fullName}`, test.result().errors ?? [])),
  ];
}

function failure(name: string, [error]: readonly Thrown[]): Failure {
  return { name, error: firstLine(String(error?.message ?? 'no reason given')) };
}

function unsteadiness(test: TestCase): Failure {
  return failure(`${test.module.relativeModuleId} > ${test.fullName}`, test.result().errors ?? []);
}

function skip(test: TestCase): LayerCounts['skipped'][number] {
  const result = test.result();
  const note = result.state === 'skipped' ? result.note : undefined;
  return { name: test.fullName, reason: note ?? 'no reason given' };
}
