import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { listenForStop } from '../../../local/stopRequest.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test.each([
  ['SIGINT', 130, true],
  ['SIGTERM', 143, true],
  ['SIGHUP', 143, false],
])('%s asks to stop, with exit code %i', async (name, exitCode, watched) => {
  const signals = new EventEmitter();
  const stop = listenForStop(() => {}, signals);
  expect(stop.signal.aborted).toBe(false);
  signals.emit(name);
  expect(stop.signal.reason).toMatchObject({ name: 'Interrupted', exitCode });
  expect(await stop.made).toEqual({ watched });
  stop.forget();
  expect(signals.eventNames()).toEqual([]);
});

test('the same Ctrl-C may arrive twice; a later one means at once', () => {
  const signals = new EventEmitter();
  let insisted = 0;
  listenForStop(() => {
    insisted += 1;
  }, signals);
  signals.emit('SIGINT');
  vi.advanceTimersByTime(900);
  signals.emit('SIGINT');
  expect(insisted).toBe(0);
  vi.advanceTimersByTime(200);
  signals.emit('SIGINT');
  expect(insisted).toBe(1);
});
