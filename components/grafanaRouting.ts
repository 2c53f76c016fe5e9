/** Who is told by a Grafana: contact points, mute timings and, where it is ours, the notification policy. */
import * as pulumi from '@pulumi/pulumi';
import type { ContactPoint, MuteTiming, NotificationPolicy } from '../model/grafana/types.ts';
import { stableUid } from '../model/grafana/uid.ts';
import { child } from './base.ts';
import { contactPointInputs } from './grafanaIntegrations.ts';
import * as grafana from './grafanaKinds.ts';
import { policyArgs } from './grafanaPolicy.ts';
import type { SecretValues } from './secrets.ts';

export interface GrafanaRoutingArgs {
  readonly contactPoints: readonly ContactPoint[];
  readonly muteTimings: readonly MuteTiming[];
  /** The whole policy of the Grafana, in place of whatever it has. @default left alone: each rule says who is told */
  readonly policy?: NotificationPolicy | undefined;
  /** Values of the secrets that contact points name. */
  readonly secrets: SecretValues;
}

export class GrafanaRouting extends pulumi.ComponentResource {
  /** Names of the contact points made here. */
  readonly contactPoints: readonly string[];

  constructor(name: string, args: GrafanaRoutingArgs, options?: pulumi.ComponentResourceOptions) {
    super('chainwatch:grafana:GrafanaRouting', name, {}, options);
    const points = this.#contactPoints(name, args);
    const mutes = this.#muteTimings(name, args);
    if (args.policy)
      new grafana.NotificationPolicy(
        `${name}-policy`,
        policyArgs(args.policy),
        child(this, { dependsOn: [...points, ...mutes] }),
      );
    this.contactPoints = args.contactPoints.map((point) => point.name);
    this.registerOutputs({ contactPoints: this.contactPoints });
  }

  #contactPoints(name: string, { contactPoints, secrets }: GrafanaRoutingArgs) {
    const inputs = contactPoints.map((point) => ({ point, ...contactPointInputs(point, secrets) }));
    const inline = inputs.filter(({ secret }) => secret.length > 0).map(({ point }) => point.name);
    if (inline.length > 0)
      pulumi.log.warn(
        `Grafana never gives back the secrets of a contact point, so what somebody changes there is not seen, and a preview may show a change where there is none (${inline.join(', ')}). Without secrets here: make the contact point in Grafana and name it in chainwatch:grafana.contactPoints`,
        this,
      );
    return inputs.map(
      ({ point, args, secret }) =>
        new grafana.ContactPoint(
          `${name}-contact-${stableUid(point.name)}`,
          args,
          child(this, { additionalSecretOutputs: [...secret] }),
        ),
    );
  }

  #muteTimings(name: string, { muteTimings }: GrafanaRoutingArgs) {
    return muteTimings.map(
      (timing) =>
        new grafana.MuteTiming(
          `${name}-mute-${stableUid(timing.name)}`,
          { name: timing.name, intervals: timing.intervals.map(intervalArgs) },
          child(this),
        ),
    );
  }
}

function intervalArgs({ weekdays, times, daysOfMonths, months, location }: MuteTiming['intervals'][number]) {
  return {
    ...(weekdays ? { weekdays: [...weekdays] } : {}),
    ...(times ? { times: times.map((time) => ({ ...time })) } : {}),
    ...(daysOfMonths ? { daysOfMonths: [...daysOfMonths] } : {}),
    ...(months ? { months: [...months] } : {}),
    location,
  };
}
