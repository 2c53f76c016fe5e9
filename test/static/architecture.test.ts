/** The direction of imports (config → model → backends), and what else holds for every file. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const SKIPPED = new Set(['node_modules', '.git', '.chainwatch', '.vitest', 'coverage']);

interface Import {
  /** A path from the root, or the name of a package. */
  readonly of: string;
  readonly relative: boolean;
  /** Gone at run time. */
  readonly typeOnly: boolean;
}

interface Source {
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  /** What the rules of style forbid, by line. */
  readonly casts: readonly string[];
}

const files = readdirSync(ROOT, { withFileTypes: true })
  .filter((entry) => !SKIPPED.has(entry.name))
  .flatMap((entry) =>
    entry.isDirectory()
      ? readdirSync(join(ROOT, entry.name), { recursive: true, encoding: 'utf8' }).map((name) => join(entry.name, name))
      : [entry.name],
  )
  .map((path) => path.replaceAll('\\', '/'))
  .sort();
const sources = files.filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts')).map(read);

function read(path: string): Source {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, false);
  const imports: Import[] = [];
  const casts: string[] = [];
  const lineAt = (node: ts.Node) => `${path}:${file.getLineAndCharacterOfPosition(node.pos).line + 1}`;
  const add = (specifier: ts.Node | undefined, typeOnly: boolean) => {
    if (!specifier || !ts.isStringLiteral(specifier)) return;
    const relative = specifier.text.startsWith('.');
    imports.push({
      of: relative ? normalize(join(dirname(path), specifier.text)).replaceAll('\\', '/') : specifier.text,
      relative,
      typeOnly,
    });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node))
      add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], false);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true);
    else if (node.kind === ts.SyntaxKind.AnyKeyword) casts.push(`${lineAt(node)} any`);
    else if (
      ts.isAsExpression(node) &&
      ts.isAsExpression(node.expression) &&
      node.expression.type.kind === ts.SyntaxKind.UnknownKeyword
    )
      casts.push(`${lineAt(node)} as unknown as`);
    else if (ts.isNonNullExpression(node)) casts.push(`${lineAt(node)} !`);
    ts.forEachChild(node, visit);
  };
  visit(file);
  for (const [match] of text.matchAll(/@ts-(ignore|nocheck|expect-error)/g))
    if (path !== 'test/static/architecture.test.ts') casts.push(`${path} ${match}`);
  return { path, lines: text.split('\n').length - 1, imports, casts };
}

const folderOf = (path: string) => (path.includes('/') ? path.slice(0, path.indexOf('/')) : '');
const inFolder = (name: string) => sources.filter(({ path }) => folderOf(path) === name);

/** `a/x.ts imports b/y.ts` for each import that is not allowed. */
function offences(among: readonly Source[], allowed: (found: Import, path: string) => boolean): string[] {
  return among.flatMap(({ path, imports }) =>
    imports.filter((found) => !allowed(found, path)).map((found) => `${path} imports ${found.of}`),
  );
}

/** What reaches out of the process, or into the cloud. */
const IMPURE =
  /^(@pulumi\/|(node:)?(fs|net|http|https|http2|tls|dgram|dns|child_process|cluster|worker_threads|os|sqlite)(\/|$))/;

describe('imports', () => {
  test('there are files to look at, with imports of every kind', () => {
    expect(sources.length).toBeGreaterThan(100);
    expect(sources.flatMap(({ imports }) => imports).filter(({ relative }) => relative).length).toBeGreaterThan(300);
  });

  test('config, model and chains are pure: no disk, no network, no process, no Pulumi', () => {
    const pure = ['config', 'model', 'chains'].flatMap(inFolder);
    expect(offences(pure, ({ of, relative }) => relative || !IMPURE.test(of))).toEqual([]);
  });

  test('only one module reads the rules', () => {
    expect(inFolder('rules').map(({ path }) => path)).toEqual(['rules/load.ts']);
  });

  test.each([
    ['config', ['config']],
    ['model', ['config', 'model']],
    ['chains', ['config', 'model', 'chains']],
    ['rules', ['model']],
    ['tools', ['tools', 'bin']],
    ['services', ['services', 'chains']],
    ['components', ['components', 'model']],
    ['local', ['local', 'config', 'model', 'chains', 'rules', 'services', 'tools', 'cli']],
  ])('%s imports only of %j', (folder, allowed) => {
    expect(offences(inFolder(folder), ({ of, relative }) => !relative || allowed.includes(folderOf(of)))).toEqual([]);
  });

  test('services take of the chains nothing but their simulators', () => {
    const simulator = /^chains\/([\w-]+\/)?simulat/;
    expect(
      offences(
        inFolder('services'),
        ({ of, relative }) => !relative || folderOf(of) !== 'chains' || simulator.test(of),
      ),
    ).toEqual([]);
  });

  test('services take nothing of each other, only what is shared, and the library by which programs push', () => {
    const library = 'services/agent/client.ts';
    const partOf = (path: string) => /^services\/(\w+)\//.exec(path)?.[1];
    const own = inFolder('services').filter(({ path }) => partOf(path) !== undefined);
    expect(new Set(own.map(({ path }) => partOf(path))).size).toBeGreaterThan(3);
    expect(
      offences(own, ({ of, relative }, path) => {
        const from = partOf(of);
        return !relative || from === undefined || from === 'shared' || from === partOf(path) || of === library;
      }),
    ).toEqual([]);
  });

  test('simulators take nothing of the rest of their chain, so that the services stay small', () => {
    const simulators = inFolder('chains').filter(({ path }) => /^chains\/([\w-]+\/)?simulat/.test(path));
    expect(
      offences(
        simulators,
        ({ of, relative, typeOnly }) => !relative || typeOnly || /^chains\/([\w-]+\/)?simulat/.test(of),
      ),
    ).toEqual([]);
  });

  test('only what a person starts joins configuration, plan and backends', () => {
    const joining = new Set(['', 'cli', 'local', 'bench', 'test', 'bin']);
    const others = sources.filter(({ path }) => !joining.has(folderOf(path)));
    const backends = new Set(['cli', 'local', 'components']);
    expect(
      offences(
        others,
        ({ of, relative }, path) => !relative || !backends.has(folderOf(of)) || folderOf(of) === folderOf(path),
      ),
    ).toEqual([]);
  });

  test('nothing of the program imports a test', () => {
    // What measures the program stands beside the tests, and may use their stand.
    const beside = new Set(['test', 'bench']);
    expect(
      offences(
        sources.filter(({ path }) => !beside.has(folderOf(path)) && path !== 'vitest.config.ts'),
        ({ of, relative }) => !relative || folderOf(of) !== 'test',
      ),
    ).toEqual([]);
  });

  test('every import of a file leads to one', () => {
    const known = new Set(files);
    expect(offences(sources, ({ of, relative }) => !relative || known.has(of))).toEqual([]);
  });

  test('go round in no circle', () => {
    const graph = new Map(
      sources.map(({ path, imports }) => [
        path,
        imports.filter(({ relative, typeOnly }) => relative && !typeOnly).map(({ of }) => of),
      ]),
    );
    expect(circles(graph)).toEqual([]);
  });
});

/** Each circle once, from its first file on. */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, way: readonly string[]): void => {
    const start = way.indexOf(path);
    if (start >= 0) found.push([...way.slice(start), path].join(' → '));
    if (start >= 0 || done.has(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...way, path]);
    done.add(path);
  };
  for (const path of [...graph.keys()].sort()) visit(path, []);
  return found;
}

describe('files', () => {
  test('have at most 300 lines', () => {
    expect(sources.filter(({ lines }) => lines > 300).map(({ path, lines }) => `${path}: ${lines}`)).toEqual([]);
  });

  test('have no any, no cast by way of unknown, no "!", no comment that silences the compiler', () => {
    expect(sources.flatMap(({ casts }) => casts)).toEqual([]);
  });
});

describe('the lock file', () => {
  const text = readFileSync(join(ROOT, 'package-lock.json'), 'utf8');
  const packages = Object.keys(JSON.parse(text).packages);
  const natives: readonly (readonly [string, string])[] = [
    ['@biomejs/cli-', 'x64'],
    ['@rolldown/binding-', 'x64'],
    ['lightningcss-', 'x64'],
    ['@foundry-rs/anvil-', 'amd64'],
  ];

  test.each(
    natives.flatMap(([prefix, intel]) =>
      ['linux', 'darwin'].flatMap((os) => [intel, 'arm64'].map((cpu) => `${prefix}${os}-${cpu}`)),
    ),
  )('has %s, whatever machine wrote it', (name) => {
    expect(packages.filter((path) => path.startsWith(`node_modules/${name}`))).not.toEqual([]);
  });

  test('lists each native package for all platforms that it is made for', () => {
    const lock: { packages: Record<string, { optionalDependencies?: Record<string, string> }> } = JSON.parse(text);
    const missing = Object.entries(lock.packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter(
          (name) =>
            /-(linux|darwin|win32)-/.test(name) && !packages.some((each) => each.endsWith(`node_modules/${name}`)),
        )
        .map((name) => `${path}: ${name}`),
    );
    expect(missing).toEqual([]);
  });

  test('names no host that packages would have to come from', () => {
    expect(text.match(/"resolved": "[^"]*/g) ?? []).toEqual([]);
    expect(readFileSync(join(ROOT, '.npmrc'), 'utf8')).not.toMatch(/registry/);
  });
});
