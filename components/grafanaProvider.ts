/** The way into the Grafana that the stack file names: address and token are said, never found in the environment. */
import * as pulumi from '@pulumi/pulumi';
import type { GrafanaPlan } from '../model/grafana/types.ts';
import * as grafana from './grafanaKinds.ts';
import { pickSecrets, type SecretValues } from './secrets.ts';

/** @throws RunError where no token is named, or it is not set */
export function grafanaToken(
  { url, auth }: Pick<GrafanaPlan, 'url' | 'auth'>,
  secrets: SecretValues,
): pulumi.Input<string> {
  const token = auth && pickSecrets(secrets, [auth.secret], `Grafana at ${url}`)[auth.secret];
  if (token === undefined)
    throw new pulumi.RunError(
      `chainwatch:grafana.auth is not set, and without a token ${url} takes nothing: make a service account there with the role Admin, write auth: { secret: grafanaToken }, and set it: pulumi config set --secret --path 'chainwatch:secrets.grafanaToken' <token>`,
    );
  return pulumi.secret(token);
}

export function grafanaProvider(name: string, plan: GrafanaPlan, secrets: SecretValues): grafana.Provider {
  return new grafana.Provider(name, { url: plan.url, auth: grafanaToken(plan, secrets) });
}
