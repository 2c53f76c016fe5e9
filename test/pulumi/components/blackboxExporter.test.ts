/** `BlackboxExporter` that pings: with no capability, but with leave of the kernel. */
import { expect, test } from 'vitest';
import { BlackboxExporter, type BlackboxExporterArgs } from '../../../components/blackboxExporter.ts';
import { at } from '../policies/read.ts';
import { recordStack } from '../stacks.ts';
import { run } from '../stand.ts';

async function pod(more: Partial<BlackboxExporterArgs> = {}) {
  const { object } = await run(() => {
    new BlackboxExporter('b', { stack: 'theirs', namespace: 'watch', ...more });
  });
  return at(object('Deployment blackbox').inputs, 'spec', 'template', 'spec');
}

test('its group may ping, and it has no capability all the same', async () => {
  const pinging = await pod({ pings: true });
  expect(at(pinging, 'securityContext')).toMatchObject({
    runAsGroup: 65_534,
    sysctls: [{ name: 'net.ipv4.ping_group_range', value: '65534 65534' }],
  });
  expect(JSON.stringify(at(pinging, 'containers'))).toContain('"capabilities":{"drop":["ALL"]}');
  expect(at(await pod(), 'securityContext', 'sysctls')).toBeUndefined();
});

test('it may ping only in a stack that has something pinged', async () => {
  const sysctls = async (module: string) => {
    const probes = [{ name: 'p', url: module === 'icmp' ? '10.0.0.5' : '10.0.0.5:30303', module }];
    const resources = await recordStack('testnet', { 'chainwatch:system': { probes } });
    const blackbox = resources.find(({ name }) => name === 'chainwatch-blackbox-pods');
    return JSON.stringify(blackbox?.inputs).includes('ping_group_range');
  };
  expect(await sysctls('icmp')).toBe(true);
  expect(await sysctls('tcp_connect')).toBe(false);
});
