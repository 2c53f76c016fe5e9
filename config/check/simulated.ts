/** Environments that the simulator plays: only in dev, of programs that it knows, and called as nothing else is. */
import { type Fault, type Path, unknownName } from '../faults.ts';
import type { Knowledge } from '../knowledge.ts';
import type { Stack } from '../stack.ts';

const ROOT: Path = ['chainwatch:system', 'simulated'];

export function checkSimulated(stack: Stack, knowledge: Knowledge): Fault[] {
  const known = knowledge.get('system')?.components ?? [];
  return Object.entries(stack.system.simulated).flatMap(([name, components]) => [
    ...named(name, stack),
    ...Object.entries(components).flatMap(([component, targets]) => [
      ...(known.includes(component)
        ? []
        : [{ path: [...ROOT, name, component], message: unknownName('kind of program', component, known) }]),
      ...targets.flatMap((target, index) =>
        targets.indexOf(target) === index
          ? []
          : [{ path: [...ROOT, name, component, index], message: `${target} is there already` }],
      ),
    ]),
  ]);
}

/** It stands in the label `network`, as the name of a network does. */
function named(name: string, { kind, networks }: Stack): Fault[] {
  const path = [...ROOT, name];
  return [
    ...(kind === 'dev' ? [] : [{ path, message: 'only dev may simulate an environment; name the real hosts' }]),
    ...(networks.some((network) => network.name === name)
      ? [{ path, message: 'is the name of a network already; call it otherwise' }]
      : []),
    ...(name === 'system' || name === 'probe'
      ? [{ path, message: `"${name}" is the name of scrapes of our own; call it otherwise` }]
      : []),
  ];
}
