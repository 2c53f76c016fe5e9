/** Makes the namespaces that this process was started in a machine of their own: a network without a way out, and mounts that hide what a node would change. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addresses } from './settings.ts';

/** What kubelet would set for the whole machine: it finds them set, and leaves the machine as it is. */
const KERNEL = {
  'vm/overcommit_memory': '1',
  'vm/panic_on_oom': '0',
  'kernel/panic': '10',
  'kernel/panic_on_oops': '1',
  'kernel/keys/root_maxkeys': '1000000',
  'kernel/keys/root_maxbytes': '25000000',
} as const;

/** Where the programs of a node write whatever they are told: each is empty here, and goes with the mounts. */
const OWN = ['/run', '/var/log'];

/** @param memory folders whose contents may stay in memory: what a test starts from is written once, and not to be kept */
export function isolate(folder: string, memory: readonly string[]): void {
  // What is mounted for a pod must be seen by the pod; the machine is apart already.
  run('mount', '--make-rshared', '/');
  for (const path of memory) mkdirSync(path, { recursive: true });
  for (const path of [...OWN, ...memory]) run('mount', '-t', 'tmpfs', 'tmpfs', path);
  const pretended = join(folder, 'kernel');
  mkdirSync(pretended, { recursive: true });
  for (const [setting, value] of Object.entries(KERNEL)) {
    const path = join('/proc/sys', setting);
    if (!existsSync(path)) continue;
    const file = join(pretended, setting.replaceAll('/', '.'));
    writeFileSync(file, `${value}\n`);
    run('mount', '--bind', file, path);
  }
  run('ip', 'link', 'set', 'lo', 'up');
  // A line whose both ends are here: it carries the address that a node has to have, and leads nowhere.
  run('ip', 'link', 'add', 'node0', 'type', 'veth', 'peer', 'name', 'node1');
  for (const end of ['node0', 'node1']) run('ip', 'link', 'set', end, 'up');
  run('ip', 'address', 'add', `${addresses.node}/24`, 'dev', 'node0');
  run('ip', 'route', 'add', addresses.services, 'dev', 'node0');
  writeFileSync('/proc/sys/net/ipv4/ip_forward', '1');
}

function run(command: string, ...args: string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
