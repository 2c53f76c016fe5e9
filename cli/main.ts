#!/usr/bin/env node
import { processIo } from './io.ts';
import { runCli } from './run.ts';

// Whoever reads us may have seen enough (`chainwatch rules list | head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});
process.exitCode = await runCli(process.argv.slice(2), processIo());
