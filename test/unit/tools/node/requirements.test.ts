import { expect, it } from 'vitest';
import { type Machine, unmetRequirement } from '../../../../tools/node/requirements.ts';

const able: Machine = {
  platform: 'linux',
  root: true,
  memory: 8 * 2 ** 30,
  program: (name) => `/usr/sbin/${name}`,
  plugins: () => '/usr/lib/cni',
  makesNamespaces: () => true,
  makesCgroups: () => true,
};

it('is none where everything is there', () => {
  expect(unmetRequirement(able)).toBeUndefined();
});

it.each<[string, Partial<Machine>]>([
  ['needs Linux', { platform: 'darwin' }],
  ['needs root', { root: false }],
  [
    'apt-get install nftables runc,',
    { program: (name) => (['runc', 'nft'].includes(name) ? undefined : `/bin/${name}`) },
  ],
  ['apt-get install containernetworking-plugins,', { plugins: () => undefined }],
  ['needs 4 GiB of memory', { memory: 2 ** 30 }],
  ['does not let root make', { makesNamespaces: () => false }],
  ['/sys/fs/cgroup cannot be written', { makesCgroups: () => false }],
])('names the reason and the remedy: %s', (reason, lacking) => {
  const said = unmetRequirement({ ...able, ...lacking });
  expect(said).toContain(reason);
  expect(said).toMatch(/: .*, or name a cluster by CHAINWATCH_TEST_KUBECONFIG$/);
});
