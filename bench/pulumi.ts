/** How long the Pulumi program takes: against mocks, and, where there is a `pulumi`, in a real preview and a real `up`. */
import { interruptible } from '../cli/interrupt.ts';
import { missingEngine } from '../test/cluster/engine.ts';
import { measureEngine } from './pulumi/engine.ts';
import { measureStart } from './pulumi/start.ts';

export async function run(): Promise<void> {
  await interruptible(async (signal) => {
    await measureStart(signal);
    const missing = missingEngine();
    if (missing === undefined) await measureEngine(signal);
    else console.log(`${missing}; left out: a real preview, and \`up\` of the operator against its bare charts`);
  });
}
