/** Alertmanager started as the local run starts it. What it warns of as it reads its configuration is what would surprise a person later. */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { commandPhases } from '../../local/commands.ts';
import { runFolder } from '../../local/folder.ts';
import { alertmanagerConfig } from '../../model/alertmanager/config.ts';
import type { Plan } from '../../model/plan/plan.ts';
import { toYaml } from '../../model/yaml.ts';
import { locateProgram } from '../../tools/index.ts';
import { places } from '../fixtures/places.ts';
import { temporaryFolder } from '../fixtures/programs.ts';
import { planNamed, STACKS } from '../fixtures/real.ts';

/** The flags that the local run gives it; what it says until it has read its configuration. */
async function logOf(plan: Plan): Promise<string> {
  const path = (await locateProgram('alertmanager'))?.path ?? 'alertmanager is not at hand';
  const folder = runFolder(temporaryFolder(), plan.environment);
  mkdirSync(folder.config, { recursive: true });
  writeFileSync(join(folder.config, 'alertmanager.yml'), toYaml(alertmanagerConfig(plan.alertmanager, places)));
  const here = { ...places, listen: () => '127.0.0.1:0' };
  const commands = commandPhases(plan, here, folder, { prometheus: '', alertmanager: path }).flat();
  const args = commands.find(({ name }) => name === 'alertmanager')?.args ?? [];
  const child = spawn(path, args, { cwd: folder.root, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('Listening on')) resolve();
    });
    void ended.then(() => reject(new Error(`it ended: ${said}`)));
  });
  return said;
}

/** Without those of the Watchdog's routes: a group's interval above the repeat is how each flush tells it again. */
function warnings(log: string): string[] {
  const meant = /repeat_interval is less than group_interval.*Watchdog/;
  return log.split('\n').filter((line) => /level=(?:WARN|ERROR)/.test(line) && !meant.test(line));
}

test.each(STACKS)('%s is started without a word of warning', async (name) => {
  const log = await logOf(planNamed(name));
  expect(log).toMatch(/Completed loading of configuration file/);
  expect(warnings(log)).toEqual([]);
});

test('where it forgot before it repeats, it would say so', async () => {
  const plan = planNamed('mainnet');
  const log = await logOf({ ...plan, alertmanager: { ...plan.alertmanager, retention: 120 * 3600 } });
  expect(warnings(log)).toEqual([expect.stringMatching(/repeat_interval is greater than the data retention period/)]);
});
