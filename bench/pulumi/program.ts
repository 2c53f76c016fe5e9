/** One start of the program of `index.ts` against mocks, or of an empty one. Prints how long it took since the process began. */
import { performance } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
// As Pulumi does, before it looks at the program.
import * as pulumi from '@pulumi/pulumi';
import { keepCompiled } from '../../bin/compiled.js';
import type { Given } from './start.ts';

const given = await text(process.stdin);
const resources = given === '' ? await nothing() : await record(JSON.parse(given));
const { user, system } = process.cpuUsage();
console.log(JSON.stringify({ resources, wall: performance.now(), processor: (user + system) / 1000 }));

async function nothing(): Promise<number> {
  await pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => ({ id: name, state: inputs }),
    call: ({ inputs }) => inputs,
  });
  await pulumi.runtime.runInPulumiStack(async () => ({}));
  await pulumi.runtime.disconnect();
  return 0;
}

async function record(given: Given): Promise<number> {
  keepCompiled();
  const { recordProgram } = await import('../../cli/render/record.ts');
  return (await recordProgram({ ...given, onMessage: () => {} })).length;
}
