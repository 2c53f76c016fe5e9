/**
 * One start of a Pulumi program against mocks: of `index.ts` with the stack that it is handed, or, handed nothing, of an empty one. Prints how
 * long it took since the process began. JavaScript, as what Pulumi starts is.
 */
import { performance } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
// As Pulumi does, before it looks at the program.
import * as pulumi from '@pulumi/pulumi';
import { keepCompiled } from '../../bin/compiled.js';

const given = await text(process.stdin);
const resources = given === '' ? await nothing() : await record(JSON.parse(given));
const { user, system } = process.cpuUsage();
console.log(JSON.stringify({ resources, wall: performance.now(), processor: (user + system) / 1000 }));

async function nothing() {
  await pulumi.runtime.setMocks({ newResource: ({ name }) => ({ id: name, state: {} }), call: () => ({}) });
  await pulumi.runtime.runInPulumiStack(() => import('./empty.ts'));
  await pulumi.runtime.disconnect();
  return 0;
}

/** @param {import('./start.ts').Given} stack */
async function record(stack) {
  keepCompiled();
  const { recordProgram } = await import('../../cli/render/record.ts');
  return (await recordProgram({ ...stack, onMessage: () => {} })).length;
}
