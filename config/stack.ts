/** The Stack: what a person said in one stack file, parsed once, strict, with every default filled in. */
import type { z } from 'zod';
import { url } from './fields.ts';
import type { Network } from './networks.ts';
import { type Notifications, notifications } from './notifications.ts';
import * as runtime from './runtime.ts';

/** The keys besides `networks` (whose shape depends on the chains) and `secrets` (which nothing but a backend may read). */
export const sections = {
  notifications: notifications.prefault({}),
  prometheus: runtime.prometheus.prefault({}),
  services: runtime.services.prefault({}),
  system: runtime.system.prefault({}),
  kubernetes: runtime.kubernetes.optional(),
  grafana: runtime.grafana.optional(),
  runbooks: url().optional().describe('where the runbooks are served; default: our status service'),
} satisfies z.ZodRawShape;

export type EnvironmentKind = 'dev' | 'testnet' | 'mainnet';

export type DeepReadonly<T> = T extends (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;

export interface Stack {
  /** The stack's name, such as `testnet` or `mainnet-eu`. */
  readonly environment: string;
  /** How strict to be: mainnet protects what holds data and pages. */
  readonly kind: EnvironmentKind;
  /** Sorted by name. */
  readonly networks: readonly Network[];
  readonly notifications: DeepReadonly<Notifications>;
  readonly prometheus: DeepReadonly<runtime.Prometheus>;
  readonly services: DeepReadonly<runtime.Services>;
  readonly system: DeepReadonly<runtime.System>;
  readonly kubernetes?: DeepReadonly<runtime.Kubernetes> | undefined;
  readonly grafana?: DeepReadonly<runtime.Grafana> | undefined;
  /** Absent: our status service serves them. */
  readonly runbooks?: string | undefined;
  /** Names under `chainwatch:secrets`; never their values. Sorted. */
  readonly secrets: readonly string[];
}
