import { connect } from 'node:net';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterEach, describe, expect, test } from 'vitest';
import { ServiceFault } from '../../../services/shared/fault.ts';
import { type App, type AppOptions, createApp, HttpFault, listen } from '../../../services/shared/http.ts';

const log = pino({ level: 'silent' });
const apps: App[] = [];

function make(options: Partial<AppOptions> = {}): App {
  const app = createApp({ log, registry: new Registry(), readiness: {}, ...options });
  apps.push(app);
  return app;
}

afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
});

describe('createApp', () => {
  test('is alive, and ready only when every check is', async () => {
    let full = false;
    const app = make({
      readiness: {
        store: () => (full ? { ok: false, reason: 'the disk is full' } : { ok: true }),
        other: () => ({ ok: true }),
      },
    });
    expect((await app.inject('/healthz')).json()).toEqual({ alive: true });
    expect((await app.inject('/readyz')).json()).toEqual({
      ready: true,
      checks: { store: { ok: true }, other: { ok: true } },
    });
    full = true;
    const answer = await app.inject('/readyz');
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toMatchObject({ ready: false, checks: { store: { ok: false, reason: 'the disk is full' } } });
    expect((await app.inject('/metrics')).body).toMatch(/^chainwatch_service_ready 0$/m);
  });

  test('answers every fault as JSON with a reason and a remedy', async () => {
    const refused: string[] = [];
    const app = make({ maxBodyBytes: 10, onRejected: (error) => refused.push(error) });
    app.get('/fault', () => {
      throw new HttpFault(507, { error: 'store_full', reason: 'full', remedy: 'make room' }, { 'retry-after': '5' });
    });
    app.get('/bug', () => {
      throw new Error('secret details');
    });
    app.post('/post', async () => ({}));
    const fault = await app.inject('/fault');
    expect([fault.statusCode, fault.headers['retry-after'], fault.json().error]).toEqual([507, '5', 'store_full']);
    const bug = await app.inject('/bug');
    expect([bug.statusCode, bug.json().error]).toEqual([500, 'internal']);
    expect(bug.body).not.toContain('secret details');
    const large = await app.inject({ method: 'POST', url: '/post', payload: { long: 'x'.repeat(20) } });
    expect([large.statusCode, large.json().error]).toEqual([413, 'too_large']);
    const unknown = await app.inject('/nowhere');
    expect(unknown.json()).toMatchObject({ error: 'not_found', reason: 'there is no GET /nowhere' });
    expect(unknown.json().remedy).toContain('GET /readyz');
    const encoded = await app.inject('/%zz');
    expect([encoded.statusCode, encoded.json().error]).toEqual([400, 'bad_request']);
    expect(refused).toEqual(['store_full', 'internal', 'too_large', 'not_found']);
  });

  test('says who has the port, and what to do', async () => {
    const { port } = await listen(make(), { host: '127.0.0.1', port: 0 });
    const second = listen(make(), { host: '127.0.0.1', port });
    await expect(second).rejects.toThrow(ServiceFault);
    await expect(second).rejects.toMatchObject({
      message: expect.stringContaining(`port ${port}`),
      remedy: expect.stringContaining('--listen'),
    });
    await expect(listen(make(), { host: '192.0.2.1', port: 0 })).rejects.toThrow(/no address of this machine/);
  });

  test('answers what is no HTTP', async () => {
    const { port } = await listen(make(), { host: '127.0.0.1', port: 0 });
    const answer = await new Promise<string>((resolve) => {
      let text = '';
      const socket = connect(port, '127.0.0.1', () => socket.write('NONSENSE\r\n\r\n'));
      socket.on('data', (data) => {
        text += String(data);
      });
      socket.on('close', () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('"error":"bad_request"');
  });
});
