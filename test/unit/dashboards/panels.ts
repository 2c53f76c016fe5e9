/** What tests read of Grafana's dashboard model; anything else in it is Grafana's business. */
import { z } from 'zod';

const target = z.looseObject({ refId: z.string(), expr: z.string(), legendFormat: z.string() });
const link = z.looseObject({ title: z.string(), url: z.string() });
const place = z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() });
const step = z.object({ value: z.number().nullable(), color: z.string() });

const override = z.object({
  matcher: z.object({ id: z.string(), options: z.unknown() }),
  properties: z.array(z.object({ id: z.string(), value: z.unknown() })),
});

const panel = z.looseObject({
  id: z.number().int(),
  type: z.string(),
  title: z.string(),
  description: z.string().optional(),
  gridPos: place,
  links: z.array(link).optional(),
  interval: z.string().optional(),
  targets: z.array(target).optional(),
  options: z.looseObject({}).optional(),
  fieldConfig: z
    .looseObject({
      overrides: z.array(override).optional(),
      defaults: z.looseObject({
        unit: z.string().optional(),
        thresholds: z.looseObject({ steps: z.array(step) }).optional(),
      }),
    })
    .optional(),
});
export type DrawnPanel = z.infer<typeof panel>;

const variable = z.looseObject({
  name: z.string(),
  type: z.string(),
  query: z.unknown(),
  definition: z.string().optional(),
});
const dashboard = z.looseObject({
  uid: z.string(),
  title: z.string(),
  tags: z.array(z.string()),
  timezone: z.string(),
  refresh: z.string(),
  time: z.object({ from: z.string(), to: z.string() }),
  panels: z.array(z.looseObject({ panels: z.array(panel).optional() }).and(panel)),
  templating: z.object({ list: z.array(variable) }),
  annotations: z.looseObject({ list: z.array(z.looseObject({ expr: z.string().optional() })).optional() }),
});
export type DrawnDashboard = z.infer<typeof dashboard>;

export function readDashboard(json: unknown): DrawnDashboard {
  return dashboard.parse(json);
}

/** All panels but the rows, those of collapsed rows too. */
export function panelsOf({ panels }: DrawnDashboard): DrawnPanel[] {
  return panels.flatMap((each) => (each.type === 'row' ? (each.panels ?? []) : [each]));
}
