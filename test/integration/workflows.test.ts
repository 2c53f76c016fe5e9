/** The workflows: actionlint takes them, nothing of a fork gets at a secret, and a pull request has one comment, kept up to date. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type CommentFacts, commentBody, publish } from '../../.github/comment.ts';
import { run } from '../../cli/child.ts';
import { resolveProgram } from '../../tools/index.ts';
import { workflowOffences } from '../fixtures/workflows.ts';
import { ROOT } from './command.ts';

const COLD_CACHE_MS = 10 * 60_000;
const WORKFLOWS = join(ROOT, '.github', 'workflows');
const files = readdirSync(WORKFLOWS).sort();
const textOf = (file: string) => readFileSync(join(WORKFLOWS, file), 'utf8');

const folder = mkdtempSync(join(tmpdir(), 'chainwatch-workflows-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** One line each; empty when all is well. */
async function actionlint(cwd: string): Promise<string> {
  const { path } = await resolveProgram('actionlint');
  // What else would be asked where it is installed differs from machine to machine.
  const args = ['-no-color', '-oneline', '-shellcheck=', '-pyflakes='];
  const { signal } = new AbortController();
  return (await run(path, args, { cwd, env: process.env, signal })).stdout;
}

test(
  'actionlint takes all of them, and would not take a fault',
  async () => {
    expect(files).toEqual(['deploy-stack.yml', 'deploy.yml', 'image.yml', 'preview.yml', 'prove.yml', 'test.yml']);
    expect(await actionlint(ROOT)).toBe('');
    const bad = join(folder, '.github', 'workflows');
    mkdirSync(bad, { recursive: true });
    mkdirSync(join(folder, '.git'));
    for (const file of files) writeFileSync(join(bad, file), textOf(file).replace('needs: testnet', 'needs: tesnet'));
    expect(await actionlint(folder)).toMatch(/deploy\.yml:\d+:\d+: .*"tesnet"/);
  },
  COLD_CACHE_MS,
);

test.each(files)('%s keeps to the rules', (file) => {
  expect(workflowOffences(file, textOf(file))).toEqual([]);
});

describe('an offence is seen', () => {
  const given = (expression: string) => `\${{ ${expression} }}`;
  const own = '      github.event.pull_request.head.repo.full_name == github.repository\n';
  const seeded: [file: string, from: string | RegExp, to: string, offence: string][] = [
    ['preview.yml', '  pull_request:', '  pull_request_target:', 'runs on pull_request_target'],
    ['test.yml', '  workflow_call:', '  workflow_run:', 'runs on workflow_run'],
    ['preview.yml', 'permissions: {}', 'permissions: { contents: write }', 'gives all jobs permissions'],
    ['preview.yml', /permissions: \{\}\n/, '', 'gives all jobs permissions'],
    ['test.yml', /actions\/cache\/save@\w+ # v5\.0\.5/, 'actions/cache/save@v5', 'is not pinned by commit'],
    ['preview.yml', own, "      github.actor != 'somebody'\n", "preview: a fork's code would reach secrets"],
    ['preview.yml', own, "      github.actor != 'somebody'\n", "preview: a fork's code would reach an environment"],
    ['preview.yml', '&& vars.PULUMI', '|| vars.PULUMI', "preview: a fork's code would reach secrets"],
    ['preview.yml', '&& vars.PROMETHEUS', '|| vars.PROMETHEUS', "backtest: a fork's code would reach secrets"],
    [
      'preview.yml',
      /(comment:[\s\S]*)github\.event\.pull_request\.head\.repo\.full_name == github\.repository/,
      '$1true',
      "comment: a fork's code would reach writing pull-requests",
    ],
    ['image.yml', "github.event_name != 'pull_request' && ", '', "publish: a fork's code would reach writing packages"],
    ['deploy-stack.yml', 'contents: read', 'contents: write', 'up: may write contents'],
    ['test.yml', / {4}permissions:\n {6}contents: read\n/, '', 'test: states no permissions'],
    ['image.yml', '    timeout-minutes: 60\n', '', 'publish: has no timeout'],
    ['test.yml', 'persist-credentials: false', 'persist-credentials: true', 'test: leaves its token'],
    [
      'preview.yml',
      '"diff-$STACK.md" >>',
      `"diff-${given('github.head_ref')}.md" >>`,
      'diff: puts github.head_ref into a script',
    ],
    [
      'deploy-stack.yml',
      `      STACK: ${given('inputs.stack')}`,
      `      TOKEN: ${given('secrets.PULUMI_ACCESS_TOKEN')}`,
      'up: shows secrets to all of its steps',
    ],
    ['preview.yml', /concurrency:\n.*\n.*\n/, '', 'diff: may run twice at once'],
  ];

  test.each(seeded)('%s: %s → %s', (file, from, to, offence) => {
    const text = textOf(file);
    const bad = text.replace(from, to);
    expect(bad).not.toBe(text);
    expect(workflowOffences(file, bad)).toEqual(expect.arrayContaining([expect.stringContaining(offence)]));
  });
});

describe('the comment', () => {
  interface Comment {
    readonly id: number;
    readonly user: { readonly login: string };
    body: string;
  }
  const bot = { login: 'github-actions[bot]' };
  let comments: Comment[] = [];
  let asked: string[] = [];
  let server: Server;
  let facts: CommentFacts;

  beforeEach(async () => {
    [comments, asked] = [[], []];
    server = createServer(async (request, response) => {
      asked.push(`${request.method} ${request.url}`);
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
      if (request.headers.authorization !== 'Bearer t')
        return response.writeHead(401).end('{"message":"Bad credentials"}');
      if (request.method === 'GET') {
        const start = (Number(searchParams.get('page')) - 1) * 100;
        return response.end(JSON.stringify(comments.slice(start, start + 100)));
      }
      const { body } = (await json(request)) as { body: string };
      const id = Number(/^\/repos\/o\/r\/issues\/comments\/(\d+)$/.exec(pathname)?.[1]);
      const own = comments.find((comment) => comment.id === id);
      if (request.method === 'PATCH' && own) own.body = body;
      else if (pathname === '/repos/o/r/issues/7/comments') comments.push({ id: comments.length + 1, user: bot, body });
      else return response.writeHead(404).end('{"message":"Not Found"}');
      return response.end('{}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    facts = { api: `http://127.0.0.1:${port}`, repository: 'o/r', pullRequest: '7', token: 't' };
  });
  afterEach(() => new Promise<void>((resolve) => void server.close(() => resolve())));

  const about = { commit: 'abc1234', run: 'https://example.org/run' };
  const bodyOf = (content: Readonly<Record<string, string>>, most?: number) => {
    const changes = mkdtempSync(join(folder, 'changes-'));
    for (const [name, text] of Object.entries(content)) writeFileSync(join(changes, name), text);
    return commentBody(changes, { ...about, ...(most === undefined ? {} : { most }) });
  };

  test('is written once and then changed, among many others', async () => {
    const first = bodyOf({ 'diff-testnet.md': '### Chainwatch: stack `testnet`\n\nA' });
    comments = Array.from({ length: 150 }, (_, index) => ({ id: 1000 + index, user: { login: 'x' }, body: 'hello' }));
    // Somebody who copies our mark is not us.
    comments.push({ id: 2000, user: { login: 'stranger' }, body: first });
    expect(await publish(first, facts)).toBe('added');
    expect(await publish(first.replace('A', 'B'), facts)).toBe('changed');
    const ours = comments.filter(({ user }) => user.login === bot.login);
    expect(ours.map(({ body }) => body)).toEqual([first.replace('A', 'B')]);
    expect(comments.find(({ id }) => id === 2000)?.body).toBe(first);
    expect(asked.filter((line) => !line.startsWith('GET'))).toEqual([
      'POST /repos/o/r/issues/7/comments',
      'PATCH /repos/o/r/issues/comments/152',
    ]);
  });

  test("that is refused ends with GitHub's words", async () => {
    await expect(publish('x', { ...facts, token: 'wrong' })).rejects.toThrow(/with 401: .*Bad credentials/);
  });

  test('holds our diff, the backtest and the preview of both stacks, mainnet last', () => {
    const preview =
      'Previewing update (testnet):\n  ~ spec\n\nResources:\n    ~ 1 to update\n    +-2 to replace\n    85 unchanged\n\nDuration: 2s\n';
    const body = bodyOf({
      'diff-mainnet.md': '### Chainwatch: stack `mainnet`\n\nNothing changes for it.',
      'diff-testnet.md': '### Chainwatch: stack `testnet`\n\n1 alert changed',
      'backtest-mainnet.md': '### Backtest: stack `mainnet`\n\n2 rules',
      'backtest-testnet.md': '',
      'preview-testnet.txt': preview,
      'preview-mainnet.txt': 'error: no credentials ``` here',
    });
    expect(body).toMatch(
      /^<!-- chainwatch: [^\n]*-->\n## What this changes\n\nAt abc1234; .*\(https:\/\/example\.org\/run\)/,
    );
    expect(body.indexOf('`testnet`')).toBeLessThan(body.indexOf('`mainnet`'));
    expect(body).toContain('### Backtest: stack `mainnet`\n\n2 rules\n');
    expect(body).toContain('### Backtest: stack `testnet`\n\n`chainwatch backtest` failed; see the run.\n');
    expect(body).toContain('<code>pulumi preview</code>: 1 to update, 2 to replace, 85 unchanged</summary>');
    expect(body).toContain('<code>pulumi preview</code>: failed</summary>');
    expect(body).toContain('\n````diff\nerror: no credentials ``` here\n````\n');
  });

  test('says where something is missing, and stays within what GitHub takes', () => {
    expect(bodyOf({ 'preview-testnet.txt': 'x' })).toContain(
      '### Stack `testnet`\n\n`chainwatch diff` failed; see the run.',
    );
    const long = {
      'diff-testnet.md': 'd'.repeat(100_000),
      'preview-testnet.txt': `${'p'.repeat(100_000)}\nResources:\n    3 unchanged`,
      'diff-mainnet.md': '### Chainwatch: stack `mainnet`\n\nshort',
      'backtest-mainnet.md': 'b'.repeat(90_000),
    };
    const body = bodyOf(long);
    expect(body.length).toBeLessThan(60_000);
    expect(body).toContain('too long for a comment (100000 characters)');
    expect(body).toContain('It is too long for a comment (90000 characters)');
    expect(body).toContain('pp\nResources:\n    3 unchanged\n');
    expect(body).toContain('\n\nshort\n');
  });
});
