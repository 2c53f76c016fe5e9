import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { codeOf, messageOf } from '../../shared/fault.ts';
import { HttpFault } from '../../shared/http.ts';

const unzip = promisify(gunzip);

export interface BodyLimits {
  readonly maxBodyBytes: number;
  readonly maxInflatedBytes: number;
}

/**
 * Reads the body of a batch, plain or in gzip, within limits: what a few kilobytes unpack to is not known before.
 *
 * @returns bytes of its own buffer, which may be given to another thread
 * @throws HttpFault 400, 413, 415; an Error where the sender has gone
 */
export async function readBody(request: IncomingMessage, limits: BodyLimits): Promise<Buffer<ArrayBuffer>> {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity' && encoding !== 'gzip') throw unknownEncoding(encoding);
  const body = await readAll(request, limits.maxBodyBytes);
  if (encoding === 'identity') return body;
  try {
    const inflated = await unzip(body, { maxOutputLength: limits.maxInflatedBytes });
    const own = Buffer.allocUnsafeSlow(inflated.length);
    inflated.copy(own);
    return own;
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') throw tooLarge('unpacked', limits.maxInflatedBytes);
    throw new HttpFault(400, {
      error: 'bad_gzip',
      reason: `the body is not gzip: ${messageOf(error)}`,
      remedy: 'send one complete gzip member, or leave out content-encoding',
    });
  }
}

async function readAll(request: IncomingMessage, most: number): Promise<Buffer<ArrayBuffer>> {
  const stated = Number(request.headers['content-length'] ?? Number.NaN);
  if (stated > most) throw tooLarge('stated', most);
  // One buffer of the stated size, so that a batch is not copied once more when it is complete.
  let body = Buffer.allocUnsafeSlow(Number.isNaN(stated) ? 65_536 : stated);
  let length = 0;
  for await (const chunk of request) {
    if (!(chunk instanceof Uint8Array)) continue;
    if (length + chunk.length > most) throw tooLarge('sent', most);
    if (length + chunk.length > body.length) {
      const larger = Buffer.allocUnsafeSlow(Math.min(most, Math.max(body.length * 2, length + chunk.length)));
      body.copy(larger, 0, 0, length);
      body = larger;
    }
    body.set(chunk, length);
    length += chunk.length;
  }
  return body.subarray(0, length);
}

function tooLarge(what: string, most: number): HttpFault {
  return new HttpFault(
    413,
    {
      error: 'too_large',
      reason: `the body (${what}) has more than ${most} bytes`,
      remedy: 'send fewer snapshots in a batch, or raise maxBodyBytes or maxInflatedBytes',
    },
    // What is still on its way is not read.
    { connection: 'close' },
  );
}

function unknownEncoding(encoding: string): HttpFault {
  return new HttpFault(
    415,
    {
      error: 'unsupported_encoding',
      reason: `bodies in ${encoding.slice(0, 40)} are not taken`,
      remedy: 'send gzip or nothing in content-encoding',
    },
    { connection: 'close' },
  );
}
