import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { apiServerArguments, etcdArguments } from '../../../tools/cluster/arguments.ts';
import { kubeconfigFor, makeCredentials } from '../../../tools/cluster/credentials.ts';
import { freePorts, Server, ServerError } from '../../../tools/cluster/server.ts';
import { makeMachine } from './machine.ts';

function script(lines: string) {
  const machine = makeMachine();
  const path = machine.program('server', `#!/bin/sh\n${lines}\n`);
  return { machine, path, logFile: join(machine.root, 'log') };
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('a server', () => {
  it('is there when it is ready, and gone when it is killed', async () => {
    const { path, logFile } = script('echo up\nexec sleep 60');
    const isReady = async () => readFileSync(logFile, 'utf8') === 'up\n';
    const server = await Server.start({ name: 'x', path, args: [], logFile, isReady });
    const pid = server.pid ?? 0;
    expect(isAlive(pid)).toBe(true);
    expect(server.isRunning).toBe(true);
    await server.kill();
    expect(isAlive(pid)).toBe(false);
    expect(server.isRunning).toBe(false);
    await server.kill();
  });

  it('that ends at once: the end of its log', async () => {
    const { path, logFile } = script('echo "no such flag: --x" >&2; exit 1');
    const starting = Server.start({ name: 'etcd', path, args: [], logFile, isReady: async () => false });
    await expect(starting).rejects.toThrow(/^etcd ended at once\. The end of \S+log:\nno such flag: --x$/);
    await expect(starting).rejects.toMatchObject({ portTaken: false });
  });

  it('whose port is taken says so, so that another can be tried', async () => {
    const { path, logFile } = script('echo "listen tcp 127.0.0.1:1: bind: address already in use"; exit 1');
    const error = await Server.start({ name: 'x', path, args: [], logFile, isReady: async () => false }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(ServerError);
    expect(error).toMatchObject({ portTaken: true });
  });

  it('that does not exist is an error, not a crash', async () => {
    const { machine, logFile } = script('');
    const path = join(machine.root, 'nothing');
    const starting = Server.start({ name: 'x', path, args: [], logFile, isReady: async () => false });
    await expect(starting).rejects.toThrow('x ended at once');
  });

  it('ends when the start is aborted', async () => {
    const { path, logFile } = script('echo $$\nexec sleep 60');
    const stop = new AbortController();
    const isReady = async () => {
      if (readFileSync(logFile, 'utf8') !== '') stop.abort(new Error('Ctrl-C'));
      return false;
    };
    const starting = Server.start({ name: 'x', path, args: [], logFile, isReady }, stop.signal);
    await expect(starting).rejects.toThrow('Ctrl-C');
    expect(isAlive(Number(readFileSync(logFile, 'utf8')))).toBe(false);
  });
});

describe('free ports', () => {
  it('are different, and free', async () => {
    const ports = await freePorts(20);
    expect(new Set(ports).size).toBe(20);
    const server = createServer();
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: '127.0.0.1', port: ports[0] }, resolve);
    });
  });
});

describe('credentials', () => {
  it('are secret, and another cluster has others', async () => {
    const { root } = makeMachine();
    const folders = ['a', 'b'].map((name) => join(root, name));
    for (const folder of folders) mkdirSync(folder);
    const [first, second] = await Promise.all(folders.map(makeCredentials));
    expect(first?.token).not.toBe(second?.token);
    for (const file of [first?.tokenFile, first?.signingKey]) expect(statSync(file ?? '').mode & 0o077).toBe(0);
    expect(readFileSync(first?.tokenFile ?? '', 'utf8')).toBe(`${first?.token},admin,admin,system:masters\n`);
    expect(readFileSync(first?.signingKey ?? '', 'utf8')).toMatch(/^-----BEGIN EC PRIVATE KEY-----/);
  });

  it('make a kubeconfig that needs no other file', () => {
    const config: unknown = parse(kubeconfigFor('https://127.0.0.1:1', 'PEM', 'secret'));
    expect(config).toMatchObject({
      clusters: [{ cluster: { server: 'https://127.0.0.1:1', 'certificate-authority-data': btoa('PEM') } }],
      users: [{ user: { token: 'secret' } }],
      'current-context': 'chainwatch-test',
    });
  });
});

describe('command lines', () => {
  it('listen on loopback only', async () => {
    const { root } = makeMachine();
    const ports = { etcd: 1001, etcdPeer: 1002, api: 1003 };
    const all = [...etcdArguments(root, ports), ...apiServerArguments(ports, await makeCredentials(root))];
    const addresses = all.filter((flag) => /urls|address|cluster=/.test(flag) && !flag.startsWith('--etcd-servers'));
    expect(addresses).toHaveLength(7);
    expect(addresses.filter((flag) => !flag.includes('127.0.0.1'))).toEqual([]);
  });
});
