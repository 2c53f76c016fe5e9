/** A project of its own in a temporary folder, with a dev stack on free ports, driven by the real command. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import type { RunState } from '../../local/state.ts';
import { freePort } from '../../tools/freePort.ts';

const root = join(import.meta.dirname, '..', '..');
export const MAIN = join(root, 'cli', 'main.ts');

export interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export class TestProject {
  readonly folder: string;
  readonly ports: Readonly<Record<string, number>>;

  private constructor(folder: string, ports: Readonly<Record<string, number>>) {
    this.folder = folder;
    this.ports = ports;
  }

  /** The repository's own dev stack, so that what is tested is what a person starts; only the ports differ. */
  static async make(): Promise<TestProject> {
    const folder = mkdtempSync(join(tmpdir(), 'chainwatch-project-'));
    const own = ['receiver', 'aggregator', 'exporter', 'status', 'simulator'];
    const names = ['prometheus', 'alertmanager', ...own, 'anvil', 'geth'];
    const ports: Record<string, number> = {};
    for (const name of names) ports[name] = await freePort();
    const project = new TestProject(folder, ports);
    writeFileSync(project.stackFile, readFileSync(join(root, 'Pulumi.dev.yaml')));
    for (const [name, port] of Object.entries(ports)) project.edit(['chainwatch:services', name, 'port'], port);
    return project;
  }

  get stackFile(): string {
    return join(this.folder, 'Pulumi.dev.yaml');
  }

  edit(path: readonly string[], value: unknown): void {
    const document = parseDocument(readFileSync(this.stackFile, 'utf8'));
    document.setIn(['config', ...path], value);
    writeFileSync(this.stackFile, document.toString());
  }

  remove(path: readonly string[]): void {
    const document = parseDocument(readFileSync(this.stackFile, 'utf8'));
    document.deleteIn(['config', ...path]);
    writeFileSync(this.stackFile, document.toString());
  }

  url(service: string): string {
    return `http://127.0.0.1:${this.ports[service]}`;
  }

  /** Runs `chainwatch …` in the project's folder and waits for its end. */
  chainwatch(...args: readonly string[]): Promise<Output> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...args], {
        cwd: this.folder,
        env: { ...process.env, NO_COLOR: '1' },
      });
      let stdout = '';
      let stderr = '';
      child.stdout.on('data', (chunk) => {
        stdout += String(chunk);
      });
      child.stderr.on('data', (chunk) => {
        stderr += String(chunk);
      });
      child.once('error', reject);
      child.once('exit', (code) => resolve({ code: code ?? -1, stdout, stderr }));
    });
  }

  /** GET of JSON. */
  async get(service: string, path: string): Promise<unknown> {
    return (await fetch(this.url(service) + path)).json();
  }

  /** What runs, as it is on disk; `undefined` where nothing does. */
  run(): RunState | undefined {
    try {
      return JSON.parse(readFileSync(join(this.folder, '.chainwatch', 'dev', 'run.json'), 'utf8'));
    } catch {
      return undefined;
    }
  }

  async clean(): Promise<void> {
    // Most tests have ended what they started: then the command would have nothing to do.
    if (existsSync(join(this.folder, '.chainwatch', 'dev', 'run.json'))) await this.chainwatch('stop');
    rmSync(this.folder, { recursive: true, force: true });
  }
}
