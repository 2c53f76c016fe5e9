/** Contact points as the provider takes them: one list for each kind of channel. */
import * as pulumi from '@pulumi/pulumi';
import type { alerting } from '@pulumiverse/grafana';
import type { ContactPoint, Integration } from '../model/grafana/types.ts';
import type { SecretRef } from '../model/places.ts';
import type { SecretValues } from './secrets.ts';

type Of<Type extends Integration['type']> = Extract<Integration, { readonly type: Type }>;

export interface ContactPointInputs {
  readonly args: alerting.ContactPointArgs;
  /** The lists that hold a secret: the provider marks none of them itself. */
  readonly secret: readonly string[];
}

/** @throws where a secret has no value */
export function contactPointInputs({ name, integrations }: ContactPoint, secrets: SecretValues): ContactPointInputs {
  const secretOf = ({ secret }: SecretRef): pulumi.Output<string> => {
    const value = secrets[secret];
    if (value === undefined) throw new Error(`contact point ${name} needs the secret ${secret}`);
    return pulumi.secret(value);
  };
  const of = <Type extends Integration['type']>(type: Type) =>
    integrations.filter((integration): integration is Of<Type> => integration.type === type);
  const lists = {
    discords: of('discord').map(({ type: _, url, ...rest }) => ({ ...rest, url: secretOf(url) })),
    emails: of('email').map(({ type: _, addresses, ...rest }) => ({ ...rest, addresses: [...addresses] })),
    pagerduties: of('pagerduty').map(({ type: _, integrationKey, ...rest }) => ({
      ...rest,
      integrationKey: secretOf(integrationKey),
    })),
    slacks: of('slack').map(({ type: _, url, ...rest }) => ({ ...rest, url: secretOf(url) })),
    telegrams: of('telegram').map(({ type: _, token, ...rest }) => ({ ...rest, token: secretOf(token) })),
    webhooks: of('webhook').map(({ type: _, url, authorizationCredentials: credentials, ...rest }) => ({
      ...rest,
      url: typeof url === 'string' ? url : secretOf(url),
      ...(credentials ? { authorizationCredentials: secretOf(credentials) } : {}),
    })),
  };
  const used = Object.entries(lists).filter(([, list]) => list.length > 0);
  const secret = used.filter(([, list]) => list.some((item) => Object.values(item).some(pulumi.Output.isInstance)));
  return { args: { name, ...Object.fromEntries(used) }, secret: secret.map(([key]) => key) };
}
