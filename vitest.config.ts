import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/integration/longestFirst.ts';

// vitest leaves one core to itself; on two cores that would halve the speed.
const WORKERS = Math.max(2, availableParallelism() - 1);

/** For the layers that have properties. */
const EXAMPLES = ['./test/fixtures/examples.ts'];

/** Many programs on few cores: what passes only when tried again lets the run pass, and is named in its last lines. */
const SECOND_TRY = 1;

/** One project per layer, so that each can be run and watched alone: `npx vitest --project unit`. */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      { test: { name: 'static', include: ['test/static/**/*.test.ts'], testTimeout: 30_000 } },
      // Pure code keeps no state between files, so they share one world: importing it anew for each would take most of the time.
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          setupFiles: EXAMPLES,
          // Only against what never ends: on a busy machine ten seconds are soon over, and nothing is proven by that.
          testTimeout: 60_000,
          isolate: false,
          // What a worker tells of each test goes to the others quicker from a thread than from a process.
          pool: 'threads',
          maxWorkers: WORKERS,
        },
      },
      {
        test: {
          name: 'pulumi',
          include: ['test/pulumi/**/*.test.ts'],
          testTimeout: 180_000,
          // Pulumi and its SDK of Kubernetes are large: loading them anew for each file would take most of the time.
          isolate: false,
          maxWorkers: WORKERS,
        },
      },
      {
        test: {
          name: 'rules',
          include: ['test/rules/**/*.test.ts'],
          setupFiles: EXAMPLES,
          testTimeout: 300_000,
          // Reading all packs anew for each file would take as long as some of the tests.
          isolate: false,
          maxWorkers: WORKERS,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          setupFiles: EXAMPLES,
          testTimeout: 300_000,
          hookTimeout: 300_000,
          retry: SECOND_TRY,
          // What is tested runs in processes of its own, or is pure.
          isolate: false,
          // Their programs mostly wait, so one file more than cores runs; the layers beside this one have the rest.
          maxWorkers: WORKERS + 1,
        },
      },
      {
        test: {
          name: 'cluster',
          include: ['test/cluster/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          retry: SECOND_TRY,
          // Each file that needs one has a cluster of its own, whose programs mostly wait.
          maxWorkers: WORKERS,
        },
      },
      {
        test: {
          name: 'node',
          include: ['test/node/**/*.test.ts'],
          testTimeout: 360_000,
          hookTimeout: 180_000,
          // One node after another: each has a kubelet and all of a stack on it.
          fileParallelism: false,
        },
      },
    ],
  },
});
