/** What a stack file must say where Grafana evaluates. */
import { describe, expect, test } from 'vitest';
import { network, stackOf } from '../../fixtures/toy.ts';

const byGrafana = { net: { ...network, engine: 'grafana' } };
const grafana = { url: 'https://grafana.example' };
const told = { receivers: { team: { webhook: { url: 'https://hook.example' } } }, default: 'team' };

describe('engine: grafana', () => {
  test('needs a Grafana', () => {
    expect(() => stackOf({ networks: byGrafana })).toThrow(
      /chainwatch:networks\.net\.engine: no Grafana is named .* add chainwatch:grafana with its url/,
    );
    expect(() => stackOf({ networks: byGrafana, grafana })).not.toThrow();
    expect(() => stackOf({ networks: { net: network } })).not.toThrow();
  });

  test('says nothing more where chainwatch:grafana is there but wrong', () => {
    const faulty = () => stackOf({ networks: byGrafana, grafana: { url: 'nowhere' } });
    expect(faulty).toThrow('chainwatch:grafana.url');
    expect(faulty).not.toThrow('no Grafana is named');
  });

  test('needs somebody to tell', () => {
    const services = { receiver: { enabled: false } };
    const fault = 'chainwatch:notifications.default: alerts of Grafana need somebody to tell';
    expect(() => stackOf({ networks: byGrafana, grafana, services })).toThrow(fault);
    expect(() => stackOf({ grafana: { ...grafana, routing: 'tree' }, services })).toThrow(fault);
    expect(() => stackOf({ grafana, services })).not.toThrow();
    expect(() => stackOf({ networks: byGrafana, grafana, services, notifications: told })).not.toThrow();
  });

  test('cannot be routed by what only the firing alert has, unless by a tree', () => {
    const nested = { match: { severity: 'critical' }, routes: [{ matchRegex: { instance: 'a.*' }, receiver: 'team' }] };
    const notifications = { ...told, routes: [{ ...nested, receiver: 'team' }] };
    expect(() => stackOf({ networks: byGrafana, grafana, notifications })).toThrow(
      /routes\[0\]\.routes\[0\]\.matchRegex\.instance: .* routing: tree/,
    );
    expect(() =>
      stackOf({ networks: byGrafana, grafana: { ...grafana, routing: 'tree' }, notifications }),
    ).not.toThrow();
    expect(() => stackOf({ grafana, notifications })).not.toThrow();
  });
});
