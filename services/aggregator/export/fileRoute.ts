import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { codeOf } from '../../shared/fault.ts';
import { type App, HttpFault } from '../../shared/http.ts';
import { openReader, requireAll, visible } from '../access.ts';
import type { Store } from '../store/store.ts';
import { type ExportFolder, PathLocked, PathRefused } from './folder.ts';
import { FORMATS, formatOf, writeAs } from './formats.ts';
import { safeName } from './names.ts';
import { type ExportOptions, requireExports } from './route.ts';
import { ExportEnded } from './running.ts';
import { View } from './view.ts';

export interface FileExportOptions extends ExportOptions {
  /** Undefined where none is set. */
  readonly folder: ExportFolder | undefined;
}

const fileBody = z.strictObject({
  path: z.string().min(1).max(1_024),
  network: z.string().optional(),
  show: z.enum(['metrics', 'snapshot']).default('metrics'),
});
type FileBody = z.output<typeof fileBody>;

const COMPLAIN_EVERY_MS = 1_000;

/**
 * `POST /peer/:id/export {"path": "daily/a.json.gz"}`: writes the history of one peer to a file below exportFolder, as `.json`,
 * `.json.gz` or `.tar.gz`. Answered with 201 when it is there: `{"path", "network", "samples", "bytes"}`.
 *
 * For tokens that are good for all networks: files know no networks, and one could replace another's.
 */
export function addFileExport(app: App, options: FileExportOptions): void {
  const complain = complainer(options);
  app.post<{ Params: { id: string } }>('/peer/:id/export', async (request, reply) => {
    requireAll(options.tokens.authorize(request.headers), 'writing to files');
    requireExports(options.enabled);
    const { folder } = options;
    if (folder === undefined) {
      throw new HttpFault(403, {
        error: 'exports_disabled',
        reason: 'there is no folder for exports here',
        remedy: 'set exportFolder in the settings of the aggregator, or use GET /peer/:id',
      });
    }
    try {
      const written = await write(request.params.id, bodyOf(request), folder, options);
      options.metrics.fileExports.inc({ result: 'ok' });
      return reply.code(201).send(written);
    } catch (error) {
      const fault = faultOf(error);
      options.metrics.fileExports.inc({ result: fault === undefined || fault.status >= 500 ? 'failed' : 'refused' });
      if (error instanceof PathRefused && error.suspicious) complain(error.message, request);
      throw fault ?? error;
    }
  });
}

async function write(id: string, body: FileBody, folder: ExportFolder, options: FileExportOptions) {
  const { path, show } = body;
  const format = formatOf(path);
  if (format === undefined) throw new PathRefused(`the path ends in none of ${FORMATS.join(', ')}`, false);
  const found = await find(options.store, id, visible('all', body.network));
  const { exports, store, history, retention, now } = options;
  const slot = exports.enter();
  try {
    const seconds = Math.floor(now() / 1000);
    const ask: Store['ask'] = (question) => store.ask(question);
    const view = await View.open({ ask, reader: openReader(store), since: seconds - retention, history });
    try {
      const places = await view.places(found.peer);
      const layout = { name: safeName(id), at: places[0]?.at ?? seconds, signal: slot.signal };
      const bytes = await folder.write(path, (file) => writeAs(format, () => view.json(places, show), file, layout));
      return { path, network: found.network, samples: places.length, bytes };
    } finally {
      await view.close();
    }
  } finally {
    slot.leave();
  }
}

async function find(store: Store, name: string, wanted: readonly string[] | undefined) {
  for (const network of wanted ?? openReader(store).networks()) {
    const reply = await store.ask({ ask: 'peer', network, name });
    const [state] = reply.of === 'peers' ? reply.peers : [];
    if (state !== undefined) return { network, peer: state.id };
  }
  throw new HttpFault(404, {
    error: 'unknown_peer',
    reason: `no peer ${JSON.stringify(name.slice(0, 80))} was reported`,
    remedy: 'list them with GET /peers',
  });
}

function bodyOf({ body }: FastifyRequest): FileBody {
  const result = fileBody.safeParse(body);
  if (result.success) return result.data;
  const reason = 'the body names no path, or more than path, network and show';
  throw new HttpFault(400, { error: 'bad_body', reason, remedy: 'send {"path": "daily/peer.json.gz"}' });
}

/** @returns undefined for what is no fault of the caller or the disk */
function faultOf(error: unknown): HttpFault | undefined {
  if (error instanceof HttpFault) return error;
  const remedy = 'give a relative path with letters, digits and . _ - that ends in .json, .json.gz or .tar.gz';
  if (error instanceof PathRefused) return new HttpFault(400, { error: 'bad_path', reason: error.message, remedy });
  if (error instanceof PathLocked) {
    return new HttpFault(409, { error: 'locked', reason: error.message, remedy: 'wait until it is done' });
  }
  if (error instanceof ExportEnded) {
    return new HttpFault(503, { error: error.result, reason: error.message, remedy: 'try again' });
  }
  const code = codeOf(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    const full = {
      error: 'store_full',
      reason: 'the disk of the exports is full',
      remedy: 'make room in exportFolder',
    };
    return new HttpFault(507, full);
  }
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM' || code === 'ENOENT') {
    const reason = `the file cannot be written (${code})`;
    return new HttpFault(500, { error: 'export_failed', reason, remedy: 'look at the rights of exportFolder' });
  }
  return undefined;
}

/** Says who tries to get out of the folder: each once, but not so often that the log is what they fill. */
function complainer({ log }: FileExportOptions): (reason: string, request: FastifyRequest) => void {
  let [last, unsaid] = [0, 0];
  return (reason, request) => {
    const now = Date.now();
    if (now - last < COMPLAIN_EVERY_MS) {
      unsaid += 1;
      return;
    }
    const body = fileBody.safeParse(request.body);
    const path = body.success ? JSON.stringify(body.data.path.slice(0, 120)) : '';
    log.warn({ reason, path, from: request.ip, unsaid }, 'a suspicious export was refused');
    [last, unsaid] = [now, 0];
  };
}
