import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Files by which a cluster of one machine knows its own. */
export interface Credentials {
  /** The administrator's bearer token (group `system:masters`). */
  readonly token: string;
  readonly tokenFile: string;
  /** The key that signs the tokens of service accounts, and its public half. */
  readonly signingKey: string;
  readonly verifyingKey: string;
  /** Where the API server puts the certificate that it makes for itself; `certificate` is the chain, and its own authority. */
  readonly certificateFolder: string;
  readonly certificate: string;
  readonly kubeconfig: string;
}

/** Writes what is secret, readable by this user only. */
export async function makeCredentials(folder: string): Promise<Credentials> {
  const certificateFolder = join(folder, 'certificates');
  await mkdir(certificateFolder, { recursive: true, mode: 0o700 });
  const token = randomBytes(24).toString('base64url');
  const { publicKey, privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
  });
  const secret = async (file: string, content: string): Promise<string> => {
    const path = join(folder, file);
    await writeFile(path, content, { mode: 0o600 });
    return path;
  };
  return {
    token,
    tokenFile: await secret('tokens.csv', `${token},admin,admin,system:masters\n`),
    signingKey: await secret('service-account.key', privateKey),
    verifyingKey: await secret('service-account.pub', publicKey),
    certificateFolder,
    certificate: join(certificateFolder, 'apiserver.crt'),
    kubeconfig: join(folder, 'kubeconfig'),
  };
}

/** The kubeconfig's text: complete in itself, so that it can be handed on as a text too. JSON, which is YAML. */
export function kubeconfigFor(url: string, certificate: string, token: string): string {
  const name = 'chainwatch-test';
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name, cluster: { server: url, 'certificate-authority-data': Buffer.from(certificate).toString('base64') } },
    ],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
