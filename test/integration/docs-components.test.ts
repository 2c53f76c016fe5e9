/** docs/components.md: every component with all of its arguments, and examples that compile and run in a program of somebody else. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../cli/child.ts';
import { ROOT } from './command.ts';

const page = readFileSync(join(ROOT, 'docs', 'components.md'), 'utf8');
/** Heading → text. */
const sections = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((section): [string, string] => {
      const end = section.indexOf('\n');
      return [section.slice(0, end).trim(), section.slice(end)];
    }),
);
const examples = [...sections].flatMap(([name, text]) =>
  [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = '']) => ({ name, code })),
);

const folder = mkdtempSync(join(tmpdir(), 'chainwatch-components-'));
const program = join(folder, 'program');
beforeAll(() => {
  mkdirSync(program);
  symlinkSync(ROOT, join(folder, 'chainwatch'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: join(ROOT, 'tsconfig.json'), include: ['program/*.ts'], exclude: [] }),
  );
  for (const { name, code } of examples) writeFileSync(join(program, `${name}.ts`), code);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const node = (args: readonly string[]) =>
  run(process.execPath, args, { cwd: folder, env: process.env, signal: new AbortController().signal });

interface Documented {
  readonly component: string;
  readonly arguments: readonly string[];
}

/** Classes that are components, with the fields of their own arguments. */
function components(): Documented[] {
  return readdirSync(join(ROOT, 'components')).flatMap((file) => {
    const text = readFileSync(join(ROOT, 'components', file), 'utf8');
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    const exported = (node: ts.Statement) =>
      ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    const fieldsOf = (name: string) =>
      source.statements
        .filter(ts.isInterfaceDeclaration)
        .filter((each) => each.name.text === name)
        .flatMap(({ members }) => members.map((member) => member.name?.getText() ?? ''));
    return source.statements
      .filter(ts.isClassDeclaration)
      .filter(
        (each) =>
          exported(each) && each.heritageClauses?.some((clause) => clause.getText().endsWith('ComponentResource')),
      )
      .map(({ name }) => ({ component: name?.text ?? '', arguments: fieldsOf(`${name?.text}Args`) }));
  });
}

const COMMON = ['stack', 'namespace'];

describe('the page', () => {
  test.each(components())('tells of $component and each of its arguments', ({ component, arguments: fields }) => {
    const text = sections.get(component);
    if (text === undefined) throw new Error(`docs/components.md has no section "## ${component}"`);
    const rows = [...text.matchAll(/^\| `(\w+)` \|/gm)].map(([, field]) => field);
    expect(rows.sort()).toEqual(fields.filter((field) => !COMMON.includes(field)).sort());
    expect(text).toMatch(/^Outputs?: /m);
    expect(examples.map(({ name }) => name)).toContain(component);
  });

  test('finds components at all', () => {
    expect(components().length).toBeGreaterThan(5);
  });
});

describe('the compiler', () => {
  let complaints: readonly string[];
  beforeAll(async () => {
    const bad = examples.find(({ name }) => name === 'BlackboxExporter')?.code.replace("stack: 'lab'", "stak: 'lab'");
    writeFileSync(join(program, 'bad.ts'), bad ?? '');
    const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    const { stdout } = await node([tsc, '--noEmit', '-p', folder]);
    // Of the project's own files the static layer tells.
    complaints = stdout.split('\n').filter((line) => line.startsWith('program/'));
  });

  test('takes every example', () => {
    expect(complaints.filter((line) => !line.startsWith('program/bad.ts'))).toEqual([]);
  });

  test('would refuse an argument that does not exist', () => {
    expect(complaints.join('\n')).toMatch(/^program\/bad\.ts\(\d+,\d+\): error .*'stak' does not exist/m);
  });
});

describe('a program of somebody else', () => {
  let code: number | null;
  /** What each says on stderr; the first is what belongs to none. */
  let said: ReadonlyMap<string, string>;
  let registered: ReadonlyMap<string, readonly string[]>;

  // All in one process: to load Pulumi and its SDKs takes far longer than what each example does.
  beforeAll(async () => {
    const runner = `
    import { writeSync } from 'node:fs';
    import * as pulumi from '@pulumi/pulumi';
    for (const file of process.argv.slice(2)) {
      writeSync(2, 'begin ' + file + '\\n');
      try {
        const types = [];
        const newResource = ({ type, name, inputs }) => (types.push(type), { id: name, state: inputs });
        await pulumi.runtime.setMocks({ newResource, call: ({ inputs }) => inputs }, 'theirs', 'lab');
        await pulumi.runtime.runInPulumiStack(async () => ({ ...(await import(file)) }));
        await pulumi.runtime.disconnect();
        console.log(JSON.stringify([file, types]));
      } catch (error) {
        writeSync(2, error.stack + '\\n');
        process.exitCode = 1;
      }
    }`;
    writeFileSync(join(folder, 'run.mjs'), runner);
    const files = new Map(examples.map(({ name }) => [pathToFileURL(join(program, `${name}.ts`)).href, name]));
    const ended = await node(['--disable-warning=ExperimentalWarning', 'run.mjs', ...files.keys()]);
    code = ended.code;
    const parts = `begin \n${ended.stderr}`.split(/^begin /m).slice(1);
    said = new Map(
      parts.map((part) => {
        const [file = '', ...lines] = part.split('\n');
        const faults = lines.filter((line) => line !== '' && !line.startsWith('warning: [runtime]'));
        return [files.get(file) ?? '', faults.join('\n')];
      }),
    );
    const lines: [string, string[]][] = ended.stdout.split('\n').flatMap((line) => (line ? [JSON.parse(line)] : []));
    registered = new Map(lines.map(([file, types]) => [files.get(file) ?? '', types]));
  });

  test.each(examples)('$name runs, and registers what it says', ({ name }) => {
    expect(said.get(name)).toBe('');
    expect(registered.get(name)).toContainEqual(expect.stringMatching(new RegExp(`^chainwatch:\\w+:${name}$`)));
  });

  test('ends well, and nothing else is said', () => {
    expect({ code, said: said.get('') }).toEqual({ code: 0, said: '' });
  });
});
