/** Why a cluster was not reached, by what the attempt ended with: each cause has another remedy. */
import { type Answer, FINE, fault, textIn, type Verdict } from '../../verdict.ts';

/** How a person finds the cluster that is meant. */
export interface Connection {
  /** `https://10.0.0.1:6443` */
  readonly server: string;
  /** Of the kubeconfig. */
  readonly context: string;
  /** A path, or what else it was read from. */
  readonly kubeconfig: string;
}

export interface Failure {
  /** Of Node: `ECONNREFUSED`, `CERT_HAS_EXPIRED`. */
  readonly code?: string;
  readonly message: string;
  /** While what the kubeconfig says of credentials was made ready: nobody was asked yet. */
  readonly credentials?: boolean;
}

const ELSE =
  'if another cluster is meant, name its context in chainwatch:kubernetes.context, or its file in KUBECONFIG';

export function judgeFailure(connection: Connection, failure: Failure): Verdict {
  const { code, message } = failure;
  const reason = code === undefined || message.includes(code) ? message : `${message}, ${code}`;
  return fault(`${named(connection)} ${said(connection, failure)} (${firstLine(reason)}): ${remedy(failure)}; ${ELSE}`);
}

/** @param answer to `GET /version`, which everybody may ask whose credentials are known */
export function judgeVersion(connection: Connection, { status, body }: Answer): Verdict {
  const cluster = named(connection);
  if (status === 401)
    return fault(
      `${cluster} does not accept the credentials of the kubeconfig (status 401): they have expired, or are of another cluster; log in again, or fetch the kubeconfig anew from whoever runs the cluster, until \`kubectl --context ${connection.context} get nodes\` answers`,
    );
  if (status === 403)
    return fault(
      `${cluster} knows the user of the kubeconfig and lets them do nothing (status 403, ${textIn(body, 'message') ?? 'without a reason'}): have them bound to a role by an administrator, cluster-admin for the first \`pulumi up\`; ${ELSE}`,
    );
  if (textIn(body, 'gitVersion') === undefined)
    return fault(
      `${cluster} answers (status ${status}), but not as an API server of Kubernetes does: something else has this address, or a proxy stands in between; correct the server in the kubeconfig, or HTTPS_PROXY and NO_PROXY; ${ELSE}`,
    );
  return FINE;
}

/** Without a user the version is told, and nothing else. @param answer to anything that only a known user may ask */
export function isNobody({ status, body }: Answer): boolean {
  return status === 403 && (textIn(body, 'message') ?? '').includes('"system:anonymous"');
}

export function judgeNobody(connection: Connection): Verdict {
  return fault(
    `${named(connection)} takes us for nobody (system:anonymous): the user of this context has no credentials; log in again, or fetch the kubeconfig anew from whoever runs the cluster`,
  );
}

export function named({ server, context, kubeconfig }: Connection): string {
  return `the cluster at ${server} (context "${context}" of ${kubeconfig})`;
}

function said({ server }: Connection, { code = '', credentials }: Failure): string {
  if (credentials) return 'cannot be asked, as the kubeconfig yields no credentials';
  if (code === 'ECONNREFUSED') return 'refuses connections';
  if (UNKNOWN_NAME.has(code)) return `cannot be found: nobody here knows the name ${hostOf(server)}`;
  if (SILENT.has(code)) return 'does not answer';
  if (isOfCertificate(code)) return 'shows a certificate that cannot be trusted';
  return 'cannot be reached';
}

function remedy({ code = '', credentials, message }: Failure): string {
  if (credentials && (code === 'ENOENT' || /ENOENT/.test(message)))
    return 'install the program or restore the file that the kubeconfig names, such as `aws` or `gke-gcloud-auth-plugin`, and have it on PATH where Pulumi runs';
  if (credentials) return 'log in again with the command of your provider';
  if (code === 'ECONNREFUSED') return 'nothing listens there: start the cluster, or what forwards to it';
  if (UNKNOWN_NAME.has(code))
    return 'correct the server in the kubeconfig (your provider writes it anew), or switch on the VPN that knows the name';
  if (SILENT.has(code))
    return 'a firewall, a VPN that is off, or a list of allowed addresses is in between; or the cluster does not run';
  if (EXPIRED.has(code))
    return 'its certificate, or the clock of this machine, is out of date: renew the one, or correct the other';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return 'use a name in the kubeconfig for which it was made, or name that in tls-server-name';
  if (isOfCertificate(code))
    return 'it is not signed by the certificate-authority of the kubeconfig: the cluster was made anew, or somebody stands in between; fetch the kubeconfig anew';
  return 'until `kubectl get nodes` answers with this context, nothing can be brought there';
}

const UNKNOWN_NAME: ReadonlySet<string> = new Set(['ENOTFOUND', 'EAI_AGAIN']);
const SILENT: ReadonlySet<string> = new Set(['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ABORT_ERR']);
const EXPIRED: ReadonlySet<string> = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);

function isOfCertificate(code: string): boolean {
  return EXPIRED.has(code) || /CERT|UNABLE_TO_(VERIFY|GET)|SELF_SIGNED/.test(code);
}

function hostOf(server: string): string {
  return URL.canParse(server) ? new URL(server).hostname : server;
}

/** What a program has to say may be long. */
function firstLine(text: string): string {
  const [line = ''] = text.trim().split('\n');
  return line.slice(0, 300) || 'it does not say why';
}
