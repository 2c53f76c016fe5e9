import { defineConfig } from 'vitest/config';

/** One project per layer, so that each can be run and watched alone: `npx vitest --project unit`. */
export default defineConfig({
  test: {
    projects: [
      // Pure code keeps no state between files, so they share one world: importing it anew for each would take most of the time.
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          testTimeout: 10_000,
          isolate: false,
          pool: 'threads',
        },
      },
      { test: { name: 'rules', include: ['test/rules/**/*.test.ts'], testTimeout: 60_000 } },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          // Every file starts real programs on its own ports; on two cores more than one at a time only makes them slow.
          fileParallelism: false,
        },
      },
    ],
  },
});
