/**
 * `node .github/comment.ts <folder>`: what a pull request changes, as one comment that every push brings up to date. The folder holds
 * `diff-<stack>.md` of `chainwatch diff`, `backtest-<stack>.md` of `chainwatch backtest` and `preview-<stack>.txt` of `pulumi preview`; each
 * may be missing.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const MARK = '<!-- chainwatch: what this pull request changes -->';
const AUTHOR = 'github-actions[bot]';
/** GitHub refuses 65,536 characters. */
const MOST = 60_000;

export interface CommentFacts {
  /** `https://api.github.com` */
  readonly api: string;
  /** `owner/name` */
  readonly repository: string;
  readonly pullRequest: string;
  readonly token: string;
}

/**
 * @param commit that was looked at
 * @param run where the whole texts are, for what is cut
 */
export function commentBody(
  folder: string,
  { commit, run, most = MOST }: { commit: string; run: string; most?: number },
): string {
  const names = readdirSync(folder).flatMap(
    (file) => /^(?:diff|backtest|preview)-(.+)\.(?:md|txt)$/.exec(file)?.[1] ?? [],
  );
  const stacks = [...new Set(names)].sort((a, b) => (a < b ? 1 : -1));
  const head = `${MARK}\n## What this changes\n\nAt ${commit}; whole texts in [the run](${run}).`;
  // A section each of equal right, so that a long one leaves room for the others.
  const room = Math.floor((most - head.length) / Math.max(1, 3 * stacks.length)) - 400;
  const sections = stacks.flatMap((stack) => [
    diffOf(stack, join(folder, `diff-${stack}.md`), room),
    backtestOf(stack, join(folder, `backtest-${stack}.md`), room),
    previewOf(join(folder, `preview-${stack}.txt`), room),
  ]);
  return `${[head, ...sections].filter((part) => part !== '').join('\n\n')}\n`;
}

/** It has a heading of its own. */
function diffOf(stack: string, file: string, room: number): string {
  const text = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  if (text === '') return `### Stack \`${stack}\`\n\n\`chainwatch diff\` failed; see the run.`;
  if (text.length <= room) return text;
  // Half a table or a fold that stays open would spoil what follows, so a long one is told of, and is in the run.
  const why = `The difference is too long for a comment (${text.length} characters); it is in the summary of the run.`;
  return `### Stack \`${stack}\`\n\n${why}`;
}

/** It is there only where the repository names a Prometheus. It has a heading of its own, too. */
function backtestOf(stack: string, file: string, room: number): string {
  if (!existsSync(file)) return '';
  const text = readFileSync(file, 'utf8').trim();
  const head = `### Backtest: stack \`${stack}\``;
  if (text === '') return `${head}\n\n\`chainwatch backtest\` failed; see the run.`;
  if (text.length <= room) return text;
  return `${head}\n\nIt is too long for a comment (${text.length} characters); it is in the summary of the run.`;
}

function previewOf(file: string, room: number): string {
  if (!existsSync(file)) return '';
  const text = readFileSync(file, 'utf8').trim();
  // Its end tells what came of it.
  const shown = text.length <= room ? text : `…\n${text.slice(text.length - room)}`;
  const longest = Math.max(2, ...(shown.match(/`+/g) ?? []).map((ticks) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  const summary = `<code>pulumi preview</code>: ${summaryOf(text)}`;
  return `<details><summary>${summary}</summary>\n\n${fence}diff\n${shown}\n${fence}\n\n</details>`;
}

/** `1 to update, 85 unchanged` */
function summaryOf(preview: string): string {
  const lines = preview.split('\n');
  const start = lines.findLastIndex((line) => line.trim() === 'Resources:');
  if (start < 0) return 'failed';
  const counts = lines.slice(start + 1).map((line) => /^\s*(?:[+~-]{1,3} *)?(\d+ .+?)\s*$/.exec(line)?.[1]);
  const end = counts.indexOf(undefined);
  return (end < 0 ? counts : counts.slice(0, end)).join(', ') || 'failed';
}

/**
 * Changes our comment where there is one, else adds it.
 * @throws Error with GitHub's words
 */
export async function publish(body: string, facts: CommentFacts): Promise<'added' | 'changed'> {
  const comments = `/repos/${facts.repository}/issues/${facts.pullRequest}/comments`;
  const own = await findOwn(comments, facts);
  if (own === undefined) await ask('POST', comments, facts, { body });
  else await ask('PATCH', `/repos/${facts.repository}/issues/comments/${own}`, facts, { body });
  return own === undefined ? 'added' : 'changed';
}

async function findOwn(comments: string, facts: CommentFacts): Promise<number | undefined> {
  for (let page = 1; ; page += 1) {
    const found = await ask('GET', `${comments}?per_page=100&page=${page}`, facts);
    const list: unknown[] = Array.isArray(found) ? found : [];
    for (const comment of list) if (isOwn(comment)) return comment.id;
    if (list.length < 100) return undefined;
  }
}

/** Anybody can write the mark; only a workflow of this repository has this name. */
function isOwn(comment: unknown): comment is { readonly id: number } {
  if (!isRecord(comment) || !isRecord(comment.user)) return false;
  const { id, body, user } = comment;
  return typeof id === 'number' && user.login === AUTHOR && typeof body === 'string' && body.startsWith(MARK);
}

async function ask(method: string, path: string, facts: CommentFacts, body?: object): Promise<unknown> {
  const answer = await fetch(`${facts.api}${path}`, {
    method,
    headers: { accept: 'application/vnd.github+json', authorization: `Bearer ${facts.token}` },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`GitHub answers ${method} ${path} with ${answer.status}: ${text.slice(0, 500)}`);
  return JSON.parse(text);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

if (import.meta.main) {
  const { GITHUB_API_URL: api = '', GITHUB_REPOSITORY: repository = '', GITHUB_TOKEN: token = '' } = process.env;
  const { PULL_REQUEST: pullRequest = '', COMMIT: commit = '', RUN_URL: run = '' } = process.env;
  const body = commentBody(process.argv[2] ?? '.', { commit, run });
  console.log(await publish(body, { api, repository, pullRequest, token }));
}
