/** A Node that cannot read the program is named, with what is needed, before the program is read. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../fixtures/real.ts';

// What the tests compile is nothing that the program would look for.
vi.mock('../../bin/compiled.js', () => ({ keepCompiled: () => {} }));

const START = join(ROOT, 'program.js');
const own = Object.getOwnPropertyDescriptor(process, 'version') ?? {};

async function startedWith(version: string): Promise<unknown> {
  Object.defineProperty(process, 'version', { ...own, value: version });
  const module: { default: () => Promise<unknown> } = await import(START);
  return module.default().catch((error: unknown) => error);
}

afterEach(() => {
  Object.defineProperty(process, 'version', own);
});

describe('what Pulumi starts', () => {
  test('is named in Pulumi.yaml, and is read without any TypeScript', () => {
    expect(parse(readFileSync(join(ROOT, 'Pulumi.yaml'), 'utf8'))).toMatchObject({ main: 'program.js' });
    const text = readFileSync(START, 'utf8');
    expect(text).toContain("import('./index.ts')");
    const imports = [...text.matchAll(/^(?:import|export) .*from '(.*)'/gm)].map(([, of]) => of);
    expect(imports).toEqual(['@pulumi/pulumi', './bin/compiled.js', './bin/node.js']);
  });

  test('has Node keep what it compiles before all else, from a file that is there and holds no TypeScript', () => {
    const project = parse(readFileSync(join(ROOT, 'Pulumi.yaml'), 'utf8'));
    // From the folder of `main`, which is that of the project file.
    expect(project).toMatchObject({ runtime: { options: { nodeargs: '--import=./bin/early.js' } } });
    const text = readFileSync(join(ROOT, 'bin', 'early.js'), 'utf8');
    expect([...text.matchAll(/^(?:import|export) .*from '(.*)'/gm)].map(([, of]) => of)).toEqual(['./compiled.js']);
    expect(text).toContain('keepCompiled();');
  });

  test('has stack traces as Node makes them: Pulumi maps each to sources that there are none of', async () => {
    const { prepareStackTrace } = Error;
    try {
      Error.prepareStackTrace = () => 'mapped';
      // There is no stack here, so it ends with an error; that much of it runs before.
      const error = await startedWith(process.version);
      expect(error).toBeInstanceOf(Error);
      expect(Error.prepareStackTrace).toBeUndefined();
      expect(new Error('of a test').stack).toContain('nodeVersion.test.ts');
    } finally {
      Error.prepareStackTrace = prepareStackTrace;
    }
  });

  test.each(['v20.20.2', 'v22.17.1', 'v23.5.0'])('refuses Node %s in one line, without a stack', async (version) => {
    const error = await startedWith(version);
    expect(pulumi.RunError.isInstance(error)).toBe(true);
    expect(String(error)).toMatch(
      new RegExp(`^Error: Pulumi runs this program with Node ${version} \\(.*\\), and it needs 22\\.18 or newer: .*$`),
    );
  });
});
