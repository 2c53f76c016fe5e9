import { EventEmitter, once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { serviceNames, services } from '../../../services/index.ts';
import { createFailpoint } from '../../../services/shared/failpoint.ts';
import { supervise } from '../../../services/shared/lifecycle.ts';
import { EXIT, runService } from '../../../services/shared/run.ts';
import type { RunningService } from '../../../services/shared/service.ts';

const log = pino({ level: 'silent' });
const never = new Promise<Error>(() => {});
const address = { host: '127.0.0.1', port: 1, url: 'http://127.0.0.1:1' };

function running(stop: () => Promise<void>): RunningService {
  return { address, stop };
}

describe('supervise', () => {
  test('stops on a signal, and waits until what was accepted is done', async () => {
    const signals = new EventEmitter();
    let finish: () => void = () => {};
    let done = false;
    const code = supervise(
      running(
        () =>
          new Promise((resolve) => {
            finish = resolve;
          }),
      ),
      { log, grace: 5_000, failed: never, signals },
    ).then((result) => {
      done = true;
      return result;
    });
    signals.emit('SIGTERM', 'SIGTERM');
    await new Promise(setImmediate);
    expect(done).toBe(false);
    finish();
    expect(await code).toBe(EXIT.stopped);
    expect(signals.listenerCount('SIGTERM')).toBe(0);
  });

  test('gives up after the grace period, or at a second signal', async () => {
    const hang = () => new Promise<void>(() => {});
    for (const grace of [20, 60_000]) {
      const signals = new EventEmitter();
      let clock = 0;
      const code = supervise(running(hang), { log, grace, failed: never, signals, now: () => clock });
      signals.emit('SIGINT', 'SIGINT');
      await new Promise(setImmediate);
      clock = 100;
      if (grace > 1_000) signals.emit('SIGINT', 'SIGINT');
      expect(await code).toBe(EXIT.failed);
    }
  });

  test('takes two signals of the same moment for one: a group was told, and a parent passed it on', async () => {
    const signals = new EventEmitter();
    let [finish, clock] = [() => {}, 0];
    const stop = () =>
      new Promise<void>((resolve) => {
        finish = resolve;
      });
    const code = supervise(running(stop), { log, grace: 60_000, failed: never, signals, now: () => clock });
    signals.emit('SIGTERM', 'SIGTERM');
    await new Promise(setImmediate);
    clock = 99;
    signals.emit('SIGTERM', 'SIGTERM');
    await new Promise(setImmediate);
    finish();
    expect(await code).toBe(EXIT.stopped);
  });

  test('stops in order when the service fails, and says so by the exit code', async () => {
    let stopped = false;
    const stop = async () => {
      stopped = true;
    };
    const failed = Promise.resolve(new Error('the writer died'));
    expect(await supervise(running(stop), { log, grace: 1_000, failed, signals: new EventEmitter() })).toBe(
      EXIT.failed,
    );
    expect(stopped).toBe(true);
  });
});

describe('runService', () => {
  test('refuses bad settings with one message that lists them', async () => {
    const receiver = await services.receiver?.();
    if (receiver === undefined) throw new Error('no receiver');
    let said = '';
    const complain = (text: string) => {
      said += text;
    };
    const env = { CHAINWATCH_SETTING_RETENTION: '5', CHAINWATCH_SETTING_DEBUGG: '1' };
    expect(await runService(receiver, { env, complain })).toBe(EXIT.settings);
    expect(said).toBe(
      'receiver cannot start: 2 problems in its settings\n' +
        '  retention: "5" is not a duration; write a number and its unit, such as "30s", "10m" or "30d"\n' +
        '  debugg: unknown setting; did you mean "debug"?\n',
    );
  });

  test('on an address in use says so once, by exit code too, and has touched nothing', async () => {
    const receiver = await services.receiver?.();
    if (receiver === undefined) throw new Error('no receiver');
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const folder = mkdtempSync(join(tmpdir(), 'chainwatch-run-'));
    const bound = other.address();
    const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
    const env = { CHAINWATCH_SETTING_DATABASE: join(folder, 'receiver.db'), CHAINWATCH_SETTING_LOG_LEVEL: 'silent' };
    for (const explained of [false, true]) {
      const said: string[] = [];
      const code = await runService(receiver, {
        env,
        listen: `127.0.0.1:${port}`,
        complain: (text) => said.push(text),
        ...(explained ? { explainPort: (at: number) => ({ reason: `${at} is mine`, remedy: 'ask me' }) } : {}),
      });
      expect(code).toBe(EXIT.portInUse);
      expect(said).toEqual([
        explained
          ? `receiver cannot start: ${port} is mine\n  remedy: ask me\n`
          : expect.stringMatching(
              /^receiver cannot start: port \d+ on 127.0.0.1 is in use .*\n {2}remedy: .*--listen .*\n$/,
            ),
      ]);
    }
    other.close();
    expect(readdirSync(folder)).toEqual([]);
    rmSync(folder, { recursive: true });
  });

  test('every service is listed under its own name, and no two have the same port', async () => {
    expect(serviceNames).toEqual([...serviceNames].sort());
    const loaded = await Promise.all(Object.values(services).map((load) => load()));
    expect(loaded.map(({ name }) => name).sort()).toEqual(serviceNames);
    expect(new Set(loaded.map(({ defaultPort }) => defaultPort)).size).toBe(loaded.length);
  });
});

test('a failpoint that is not named does nothing', () => {
  createFailpoint(undefined)('x');
  createFailpoint('other')('x');
  createFailpoint('x:2')('x');
});
