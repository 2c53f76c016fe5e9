/** Calls of an aggregator that speaks TLS. */
import { readFileSync } from 'node:fs';
import type { ClientRequest } from 'node:http';
import { type Agent, request } from 'node:https';
import { connect } from 'node:net';
import type { Issued } from '../../fixtures/certificates.ts';
import { TOKEN } from './process.ts';

export const text = (path: string) => readFileSync(path, 'utf8');
export const shown = ({ cert, key }: Issued) => ({ cert: text(cert), key: text(key) });

export interface Caller {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly agent?: Agent | false;
}

/** @returns the status, or the word of what went wrong */
export function get(url: string, caller: Caller, path = '/healthz', body?: string): Promise<number | string> {
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${TOKEN}` };
    const options = { method: body === undefined ? 'GET' : 'POST', agent: false as const, headers, ...caller };
    const asked: ClientRequest = request(`${url}${path}`, options, (answer) => {
      answer.resume().once('end', () => resolve(answer.statusCode ?? 0));
    });
    asked.once('error', (error: Error) => resolve('code' in error ? String(error.code) : error.message));
    asked.end(body);
  });
}

/** What a server of TLS answers to one that speaks plain HTTP. */
export function plainAnswer(url: string): Promise<string> {
  const { port } = new URL(url);
  return new Promise((resolve) => {
    let all = '';
    const socket = connect(Number(port), '127.0.0.1', () => socket.write('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n'));
    socket.on('data', (chunk) => {
      all += String(chunk);
    });
    socket.once('close', () => resolve(all)).on('error', () => {});
  });
}
