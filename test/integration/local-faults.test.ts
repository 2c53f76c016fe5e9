/** What can keep a local run from starting: each is one clear message, a documented exit code, and nothing left behind. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TestProject } from './testProject.ts';

let project: TestProject;
beforeEach(async () => {
  project = await TestProject.make();
});
afterEach(async () => {
  await project.clean();
});

it('names who holds a port that it needs, and the setting that changes it: once', async () => {
  const squatter = createServer().listen(project.ports.alertmanager, '127.0.0.1');
  try {
    for (const flags of [['--detach'], []]) {
      const { code, stdout, stderr } = await project.chainwatch('start', ...flags);
      expect(code).toBe(4);
      expect(stderr).toContain(`port ${project.ports.alertmanager}, which alertmanager wants, is held by`);
      expect(stderr).toContain('chainwatch:services.alertmanager.port');
      expect(`${stdout}${stderr}`.match(/is held by/g)).toHaveLength(1);
      if (process.platform === 'linux') expect(stderr).toContain(`process ${process.pid}`);
    }
  } finally {
    squatter.close();
  }
});

it.each([['--detach'], []])(
  'says that a file is in the way of its logs, once, and starts nothing (%s)',
  async (...flags) => {
    const folder = join(project.folder, '.chainwatch', 'dev');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'logs'), '');
    const { code, stdout, stderr } = await project.chainwatch('start', ...flags);
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
    expect(stderr).toBe(
      `chainwatch: ${join(folder, 'logs')} is a file; Chainwatch needs a folder there\n` +
        `Remedy: move it away: mv ${join(folder, 'logs')} ${join(folder, 'logs')}.old\n`,
    );
  },
);

it('knows which stacks there are, also where none runs', async () => {
  for (const command of ['status', 'stop']) {
    const { code, stderr } = await project.chainwatch(command, '--stack', 'deb');
    expect(code).toBe(2);
    expect(stderr).toContain(`there is no Pulumi.deb.yaml in ${project.folder}; did you mean dev?`);
  }
  expect(await project.chainwatch('status')).toMatchObject({
    code: 1,
    stdout: 'Stack dev does not run; start it with: npx chainwatch start --stack dev\n',
  });
  expect(await project.chainwatch('stop')).toMatchObject({ code: 0, stdout: 'Stack dev does not run.\n' });
});

it('lists every fault of a stack file with its line, and starts nothing', async () => {
  project.edit(['chainwatch:networks', 'op-dev', 'alerts', 'BatcherLowEth'], { enabled: false });
  project.edit(['chainwatch:networks', 'op-dev', 'chainId'], '901');
  const { code, stderr } = await project.chainwatch('start', '--detach');
  expect(code).toBe(2);
  expect(stderr).toMatch(/Pulumi\.dev\.yaml:\d+:\d+ .*BatcherLowEth.*did you mean "BatcherLowETH"\?/);
  expect(stderr).toMatch(/chainId/);
  expect(stderr).not.toContain('    at ');
});
