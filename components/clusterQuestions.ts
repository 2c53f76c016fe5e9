/** Questions to an API server, with the credentials of a kubeconfig. */
import * as http from 'node:http';
import * as https from 'node:https';
import { text } from 'node:stream/consumers';
import { getCACertificates } from 'node:tls';
import type { Failure } from '../model/kubernetes/preflight/reach.ts';
import { type Answer, bodyOf } from '../model/verdict.ts';
import type { Found } from './kubeconfig.ts';

/** @throws ClusterFailure where there is no answer */
export type Ask = (path: string, options?: { readonly metadata?: boolean }) => Promise<Answer>;

export class ClusterFailure extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

const PATIENCE_MS = 8_000;
/** Of the program that fetches credentials: it may ask a cloud first. */
const CREDENTIALS_MS = 20_000;
const METADATA = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json';

/** @throws ClusterFailure where there are no credentials */
export async function connect({ config, connection: { server } }: Found): Promise<{ ask: Ask; close: () => void }> {
  const plain = server.startsWith('http:');
  const { request } = plain ? http : https;
  // Such as `kubectl proxy`, which has the credentials itself; the client refuses what shows no certificate.
  const common: https.RequestOptions = plain ? { agent: new http.Agent() } : await credentialsOf(config);
  const ask: Ask = async (path, { metadata = false } = {}) => {
    const headers = { ...common.headers, accept: metadata ? METADATA : 'application/json' };
    const options = { ...common, headers, signal: AbortSignal.timeout(PATIENCE_MS) };
    try {
      const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
        request(`${server}${path}`, options, resolve).once('error', reject).end();
      });
      return { status: response.statusCode ?? 0, body: bodyOf(await text(response)) };
    } catch (error) {
      throw failed(error);
    }
  };
  const close = () => {
    if (common.agent instanceof http.Agent) common.agent.destroy();
  };
  return { ask, close };
}

async function credentialsOf(config: Found['config']): Promise<https.RequestOptions> {
  const { caData, caFile } = config.getCurrentCluster() ?? {};
  // Programs in Go trust whom this machine trusts, and Node of itself does not.
  const options: https.RequestOptions = caData || caFile ? {} : { ca: trusted() };
  tellProgram(config);
  let patience: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new Error(`the program that fetches credentials has not ended within ${CREDENTIALS_MS / 1000} s`);
    patience = setTimeout(() => reject(error), CREDENTIALS_MS);
  });
  try {
    await Promise.race([config.applyToHTTPSOptions(options), late]);
    return options;
  } catch (error) {
    throw failed(error, true);
  } finally {
    clearTimeout(patience);
  }
}

function trusted(): string[] {
  return [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
}

/** What it may ask for; the client does not tell it, and some end without. */
function tellProgram(config: Found['config']): void {
  const exec: unknown = config.getCurrentUser()?.exec;
  if (typeof exec !== 'object' || exec === null || !('apiVersion' in exec)) return;
  const told = { kind: 'ExecCredential', apiVersion: exec.apiVersion, spec: { interactive: false } };
  const env = 'env' in exec && Array.isArray(exec.env) ? exec.env : [];
  Object.assign(exec, { env: [...env, { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(told) }] });
}

function failed(error: unknown, credentials = false): ClusterFailure {
  if (!(error instanceof Error)) return new ClusterFailure({ message: String(error), credentials });
  // Node tries each address of a name, and tells of all together.
  const [cause = error] = error instanceof AggregateError ? error.errors : [];
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
  const late = code === 'ABORT_ERR' || error.name === 'TimeoutError';
  const message = late
    ? `no answer within ${PATIENCE_MS / 1000} s`
    : String(cause instanceof Error ? cause.message : cause);
  return new ClusterFailure({
    message,
    ...(code === undefined ? {} : { code }),
    ...(credentials ? { credentials } : {}),
  });
}
