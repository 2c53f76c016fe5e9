import { workerData } from 'node:worker_threads';
import { createFailpoint } from '../../shared/failpoint.ts';
import { runWriter } from '../../shared/store/worker.ts';
import type { WriterOptions } from './records.ts';
import { ReplaceableWriter } from './replaceable.ts';

const options: WriterOptions = workerData;
const failpoint = createFailpoint(options.failpoint);

runWriter(() => new ReplaceableWriter(options, failpoint));
