import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeAtomically } from '../../../cli/atomic.ts';
import { CliError, describeError, Interrupted } from '../../../cli/errors.ts';
import { exitCodes } from '../../../cli/exitCodes.ts';
import { parseDuration } from '../../../config/duration.ts';
import { ConfigError } from '../../../config/faults.ts';
import { parseUnit } from '../../../config/units.ts';
import { requireFreePorts } from '../../../local/ports.ts';
import { resolveSecrets } from '../../../local/secrets.ts';
import { parsePromql } from '../../../model/promql/syntax.ts';
import { parseRuleFile } from '../../../model/rules/ruleFile.ts';
import { ServiceFault } from '../../../services/shared/fault.ts';
import { MissingProgramError } from '../../../tools/index.ts';
import { temporaryFolder } from './terminal.ts';

async function thrown(work: () => unknown): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('what a user can mend is one message with its exit code, thrown by the real parts', () => {
  const cases: [string, () => unknown, number, string][] = [
    [
      'a stack file',
      () => {
        throw new ConfigError([{ path: ['chainwatch:x'], message: 'is wrong' }], 'Pulumi.dev.yaml');
      },
      exitCodes.usage,
      'chainwatch:x: is wrong',
    ],
    ['a rule file', () => parseRuleFile('groups: 3', 'rules/x/alerts.yaml'), exitCodes.usage, 'rules/x/alerts.yaml'],
    ['an expression', () => parsePromql('sum('), exitCodes.usage, 'does not parse'],
    ['a duration', () => parseDuration('soon'), exitCodes.usage, '"soon" is not a duration'],
    ['a unit', () => parseUnit('1'), exitCodes.usage, '"1" is not a unit'],
    [
      'a missing secret',
      () => resolveSecrets(['slackWebhook'], { folder: temporaryFolder(), env: {} }),
      exitCodes.usage,
      'set CHAINWATCH_SECRET_SLACK_WEBHOOK',
    ],
    [
      'a missing program',
      () => {
        const attempts = [{ origin: 'path', reason: 'there is none' }] as const;
        throw new MissingProgramError([{ name: 'promtool', attempts, remedy: 'install it' }]);
      },
      exitCodes.missing,
      'Remedy: install it',
    ],
    [
      'a service that cannot start',
      () => {
        throw new ServiceFault('the disk is gone', 'bring it back');
      },
      exitCodes.failed,
      'the disk is gone\nRemedy: bring it back',
    ],
    [
      'our own',
      () => {
        throw new CliError('not so', { exitCode: exitCodes.unreachable, remedy: 'but so' });
      },
      exitCodes.unreachable,
      'not so\nRemedy: but so',
    ],
  ];
  test.each(cases)('%s', async (_, work, exitCode, message) => {
    const report = describeError(await thrown(work), false);
    expect(report.exitCode).toBe(exitCode);
    expect(report.message).toContain(message);
    expect(report.message).not.toMatch(/unexpected|\n\s+at /);
  });

  test('a port in use', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const error = await thrown(() => requireFreePorts([{ service: 'receiver', port }]));
    server.close();
    expect(describeError(error, false)).toMatchObject({ exitCode: exitCodes.portInUse });
    expect(describeError(error, false).message).toContain(`port ${port}`);
  });
});

describe('what the operating system refuses', () => {
  test('a file where a folder is needed is a matter of storage, and is named', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    const error = await thrown(() => mkdirSync(join(folder, 'file', 'below'), { recursive: true }));
    const { exitCode, message } = describeError(error, false);
    expect(exitCode).toBe(exitCodes.storage);
    expect(message).toContain('a file stands where a folder is needed (ENOTDIR)');
    expect(message).toContain(join(folder, 'file'));
  });

  test('a full disk', () => {
    const error = Object.assign(new Error('write'), { code: 'ENOSPC', path: '/data/x' });
    expect(describeError(error, false)).toEqual({
      message:
        '/data/x: the disk is full (ENOSPC)\nRemedy: make room on it, or choose another place; how full it is says df -h /data',
      exitCode: 5,
    });
  });

  test('a connection that is refused, also inside of what fetch throws', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    await new Promise<void>((resolve) => server.close(() => resolve()));
    const error = await thrown(() => fetch(`http://127.0.0.1:${port}/`));
    expect(describeError(error, false).exitCode).toBe(exitCodes.unreachable);
  });
});

describe('what nobody expected', () => {
  const error = new TypeError('x is not a function');

  test('is short, and says how to see more', () => {
    const { exitCode, message } = describeError(error, false);
    expect(exitCode).toBe(exitCodes.internal);
    expect(message).toBe(
      'unexpected error: x is not a function\nThis is a fault in Chainwatch. CHAINWATCH_DEBUG=1 shows where.',
    );
  });

  test('comes with its stack on demand', () => {
    expect(describeError(error, true).message).toMatch(/TypeError: x is not a function\n\s+at /);
  });

  test('may be no error at all', () => {
    expect(describeError('oh', false).message).toContain('unexpected error: oh');
  });

  test('an interruption says nothing', () => {
    expect(describeError(new Interrupted(exitCodes.interrupted), true)).toEqual({ message: '', exitCode: 130 });
  });
});

test('every exit code is explained in the documents', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/exit-codes.md'), 'utf8');
  for (const [name, code] of Object.entries(exitCodes)) expect(page).toContain(`| ${code} | \`${name}\` |`);
});

test('a full disk: the path that was asked for, and how to see how full it is', async () => {
  const error = Object.assign(new Error('ENOSPC: no space left on device, write'), {
    code: 'ENOSPC',
    path: '/out/a.yaml',
  });
  expect(describeError(error, false).message).toBe(
    '/out/a.yaml: the disk is full (ENOSPC)\nRemedy: make room on it, or choose another place; how full it is says df -h /out',
  );
  // Of a write to an open file the system does not say where.
  const refused = await thrown(() => writeAtomically('/proc/chainwatch', 'x'));
  expect(refused).toMatchObject({ path: '/proc/chainwatch' });
});
