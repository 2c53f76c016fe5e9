import { Option } from 'commander';
import { describe, expect, test } from 'vitest';
import { COMMAND } from '../../../cli/commandName.ts';
import { runCli } from '../../../cli/run.ts';
import { flagOf, serveExamples, settingsGiven } from '../../../cli/serveOptions.ts';
import { serviceNames, services } from '../../../services/index.ts';
import type { Service } from '../../../services/shared/service.ts';
import { loadSettings, SettingsError } from '../../../services/shared/settings.ts';
import { listSettings } from '../../../services/shared/settingsList.ts';
import { terminal } from './terminal.ts';

async function load(name: string): Promise<Service> {
  const service = await services[name]?.();
  if (service === undefined) throw new Error(`no service ${name}`);
  return service;
}

async function helpOf(...args: readonly string[]): Promise<string> {
  const io = terminal();
  expect(await runCli(args, io)).toBe(0);
  expect(io.stderr()).toBe('');
  return io.stdout();
}

/** What is wrong with settings that are given so. */
function problemsOf({ settingsSchema }: Service, sources: Parameters<typeof loadSettings>[1]): string[] {
  try {
    loadSettings(settingsSchema, sources);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems.map(({ path, reason }) => `${path}: ${reason}`);
    throw error;
  }
}

describe.each(serviceNames)('serve %s --help', (name) => {
  test('says of every setting its option, its variable, what it is for, and what it is by itself', async () => {
    const service = await load(name);
    const text = await helpOf('serve', name, '--help');
    expect(text).toContain(`Usage: ${COMMAND} serve ${name} [options]\n\n${service.summary.slice(0, 60)}`);
    const settings = listSettings(service.settingsSchema);
    expect(settings.length).toBeGreaterThan(3);
    for (const { path, variable, holds, byDefault, about } of settings) {
      expect([path, about]).not.toEqual([path, '']);
      const entry = text.split(`\n  ${flagOf(path)} <${holds}>\n`)[1]?.split(/\n {2}--|\n\n/)[0] ?? '';
      const words = entry.replaceAll(/\s+/g, ' ');
      expect(words).toContain(about);
      expect(words).toMatch(new RegExp(`\\$${variable}( or [A-Z_]+)?$`));
      if (byDefault !== undefined && /^\S+$/.test(byDefault)) expect(words).toContain(`Default: ${byDefault} `);
    }
    for (const line of text.split('\n')) expect([...line].length, line).toBeLessThanOrEqual(80);
    expect(text).not.toMatch(/ +$/m);
    expect(await helpOf('help', 'serve', name)).toBe(text);
  });

  test('names variables and options that mean the setting', async () => {
    const service = await load(name);
    const settings = listSettings(service.settingsSchema);
    const flags = settings.map(({ path }) => flagOf(path));
    expect(new Set(flags).size).toBe(flags.length);
    for (const { path, variable } of settings) {
      const isMeant = (problem: string) => problem.startsWith(`${path}: `) || problem.startsWith(`${path}.`);
      const junk = '{ junk: [\u0007] }';
      const byVariable = problemsOf(service, { env: { [variable]: junk } });
      const option = new Option(`${flagOf(path)} <value>`).attributeName();
      expect(problemsOf(service, { flags: await settingsGiven({ service, settings }, { [option]: junk }) })).toEqual(
        byVariable,
      );
      expect(
        byVariable.filter((problem) => problem.includes('unknown setting')).filter((each) => !isMeant(each)),
      ).toEqual([]);
    }
  });

  test('has an example that starts it', async () => {
    const service = await load(name);
    const [call = ''] = serveExamples[name] ?? [];
    const words = [...call.slice(`${COMMAND} `.length).matchAll(/'([^']*)'|(\S+)/g)].map(
      ([, quoted, plain]) => quoted ?? plain ?? '',
    );
    expect(words.slice(0, 2)).toEqual(['serve', name]);
    const given: Record<string, string> = {};
    for (let at = 2; at < words.length; at += 2) {
      given[new Option(`${words[at]} <value>`).attributeName()] = words[at + 1] ?? '';
    }
    const { settings, ...options } = given;
    const flags = await settingsGiven({ service, settings: listSettings(service.settingsSchema) }, options);
    expect(Object.keys(flags)).toHaveLength(Object.keys(options).length);
    if (settings === undefined) expect(problemsOf(service, { flags })).toEqual([]);
    else expect(problemsOf(service, { flags }).filter((problem) => !problem.includes('is needed'))).toEqual([]);
    expect((await helpOf('serve', name, '--help')).replaceAll(/ \\\n +/g, ' ')).toContain(`$ ${call}`);
  });
});

test('what the-block had its aggregator set by stands beside what it means', async () => {
  const text = await helpOf('serve', 'aggregator', '--help');
  expect(text).toMatch(
    /\n {2}--retention <duration>\n.*\n {6}\$CHAINWATCH_SETTING_RETENTION or AGGREGATOR_RETENTION_SECS\n/,
  );
  expect(text).toMatch(/\n {2}--client-ca <text>\n/);
  expect(text).toMatch(/\n {2}--log-level <debug\|info\|warn\|error\|silent>\n/);
});

test('the help of the command itself says how to come there', async () => {
  expect(await helpOf('serve', '--help')).toContain(`$ ${COMMAND} serve aggregator --help`);
});
