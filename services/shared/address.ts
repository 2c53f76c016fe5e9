import { isIP } from 'node:net';
import { z } from 'zod';

/** Where a service listens. `url` is how a program on this machine reaches it. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly url: string;
}

const HOST_PORT = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]*)):(\d{1,5})$/;

/**
 * Reads `HOST:PORT`, `[::1]:PORT`, or `:PORT` (every interface). Port 0 lets the system choose one.
 *
 * @returns undefined where the text is neither
 */
export function parseListen(text: string): { host: string; port: number } | undefined {
  const match = HOST_PORT.exec(text);
  if (match === null) return undefined;
  const host = match[1] ?? match[2] ?? '';
  const port = Number(match[3]);
  if (port > 65_535 || (match[1] !== undefined && isIP(host) !== 6)) return undefined;
  return { host: host === '' ? '0.0.0.0' : host, port };
}

/** Completes an address with its URL; an address that means "every interface" is reached over loopback. */
export function addressOf(host: string, port: number, scheme: 'http' | 'https' = 'http'): Address {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return { host, port, url: `${scheme}://${isIP(reachable) === 6 ? `[${reachable}]` : reachable}:${port}` };
}

/** True where only programs on this machine can connect. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** A settings field that holds a listen address. */
export function listenField(port: number) {
  return listenText(port).prefault(`127.0.0.1:${port}`);
}

/** The same, of an address that nothing listens at where it is left out. */
export function listenText(port: number) {
  return z
    .string()
    .transform((text, context) => {
      const listen = parseListen(text);
      if (listen !== undefined) return listen;
      context.addIssue(`"${text}" is not HOST:PORT; write for example "127.0.0.1:${port}" or "0.0.0.0:${port}"`);
      return z.NEVER;
    })
    .meta({ holds: 'host:port' });
}
