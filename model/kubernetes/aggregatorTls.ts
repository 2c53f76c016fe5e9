/** What our aggregator is given in a cluster that is there already: its certificates, and the claim of its backups. */
import type { Stack } from '../../config/stack.ts';
import { BACKUP_FOLDER } from '../plan/services.ts';
import type { MountPlan } from './mounts.ts';
import { DATA_PATH } from './names.ts';
import type { Secured } from './places.ts';

type Section = Stack['services']['aggregator'];

const CERTIFICATE = '/etc/chainwatch/certificate';
const CLIENT_CA = '/etc/chainwatch/client-ca';
const CLIENT_CERTIFICATE = '/etc/chainwatch/client-certificate';

/** Where the kubelet asks how it is: it has no certificate to show. */
const HEALTH_PORT = 9301;

export function aggregatorMounts({ backup, tls }: Section): MountPlan[] {
  const mounts: MountPlan[] = [];
  if (backup?.claim !== undefined)
    mounts.push({ name: 'backups', path: `${DATA_PATH}/${BACKUP_FOLDER}`, claim: backup.claim });
  if (tls === undefined) return mounts;
  mounts.push({ name: 'certificate', path: CERTIFICATE, secret: tls.certificate });
  if (tls.clientCa !== undefined)
    mounts.push({ name: 'client-ca', path: CLIENT_CA, secret: tls.clientCa, keys: ['ca.crt'] });
  if (tls.clientCertificate !== undefined)
    mounts.push({ name: 'client-certificate', path: CLIENT_CERTIFICATE, secret: tls.clientCertificate });
  return mounts;
}

/** What the service is told besides: files, which it reads again when they change. */
export function tlsSettings({ tls, port }: Section): Readonly<Record<string, unknown>> {
  if (tls === undefined) return {};
  return {
    tls: {
      cert: `${CERTIFICATE}/tls.crt`,
      key: `${CERTIFICATE}/tls.key`,
      ...(tls.clientCa === undefined ? {} : { clientCa: `${CLIENT_CA}/ca.crt` }),
    },
    healthListen: `0.0.0.0:${healthPort(port)}`,
  };
}

/** Whom replicas trust among each other, and what they show. */
export function replicaTls({ tls }: Pick<Section, 'tls'>): Readonly<Record<string, unknown>> {
  if (tls === undefined) return {};
  const shown = { certFile: `${CLIENT_CERTIFICATE}/tls.crt`, keyFile: `${CLIENT_CERTIFICATE}/tls.key` };
  return {
    replicasTls: { caFile: `${CERTIFICATE}/ca.crt`, ...(tls.clientCertificate === undefined ? {} : shown) },
  };
}

export function healthPort(port: number): number {
  return port === HEALTH_PORT ? HEALTH_PORT + 1 : HEALTH_PORT;
}

/** How others reach it. @returns nothing where it speaks plain HTTP */
export function aggregatorSecured({ tls }: Section, namespace: string): Secured | undefined {
  if (tls === undefined) return undefined;
  const { certificate, clientCertificate } = tls;
  return {
    name: `aggregator.${namespace}.svc`,
    authority: certificate,
    ...(clientCertificate === undefined ? {} : { shown: clientCertificate }),
  };
}
