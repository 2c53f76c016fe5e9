/** What `serve <service>` takes and says, made of the settings of the service. */
import { type Command, Option } from 'commander';
import pc from 'picocolors';
import { serviceNames, services } from '../services/index.ts';
import type { Service } from '../services/shared/service.ts';
import type { Setting } from '../services/shared/settingsList.ts';
import { COMMAND } from './commandName.ts';
import { type Example, WIDTH } from './help.ts';
import { indent, wrapped } from './output.ts';

/** Options that had a name before every setting had one. */
const NAMED: Readonly<Record<string, string>> = {
  token: '--auth-token',
  'tls.clientCa': '--client-ca',
};

/** Calls that work, where the files are there that they name. */
export const serveExamples: Readonly<Record<string, Example>> = {
  agent: [
    `${COMMAND} serve agent --source-url http://127.0.0.1:3030 --aggregators '["https://aggregator.example.org:9300"]' --token-file agent-token`,
    'beside a node of the-block',
  ],
  aggregator: [
    `${COMMAND} serve aggregator --listen 0.0.0.0:9300 --token-file tokens --database peers.db --retention 30d`,
    'for others to reach',
  ],
  exporter: [`${COMMAND} serve exporter --settings exporter.json`, 'as `render` writes them'],
  receiver: [
    `${COMMAND} serve receiver --listen 0.0.0.0:2021 --token-file tokens --retention 90d`,
    'for others to reach',
  ],
  simulator: [`${COMMAND} serve simulator --settings simulator.json --time-scale 60`, 'an hour in each minute'],
  status: [
    `${COMMAND} serve status --environment testnet --prometheus-url http://127.0.0.1:9090`,
    'the page of one environment',
  ],
};

/** A service and what can be set of it. */
export interface Served {
  readonly service: Service;
  readonly settings: readonly Setting[];
}

/** What a call of `serve` is about, loaded; undefined for every other call. */
export async function serviceAsked([command, ...args]: readonly string[]): Promise<Served | undefined> {
  if (command !== 'serve') return undefined;
  const name = args.find((arg) => serviceNames.includes(arg));
  try {
    const service = await (name === undefined ? undefined : services[name]?.());
    if (service === undefined) return undefined;
    const { listSettings } = await import('../services/shared/settingsList.ts');
    return { service, settings: listSettings(service.settingsSchema) };
  } catch {
    // Said when it is started.
    return undefined;
  }
}

/** The option of a setting: `--max-ahead` of `maxAhead`, `--tls-cert` of `tls.cert`. */
export function flagOf(path: string): string {
  const words = path.replaceAll('.', '-').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return NAMED[path] ?? `--${words}`;
}

/** Adds an option for each setting that has none yet, and puts the help of the service in the place of that of all. */
export function addSettings(serve: Command, { service, settings }: Served): void {
  for (const option of serve.options) if (option.long !== '--settings') option.hideHelp();
  const known = new Set(serve.options.map(({ long }) => long));
  for (const { path } of settings) {
    if (!known.has(flagOf(path))) serve.addOption(new Option(`${flagOf(path)} <value>`).hideHelp());
  }
  serve.description(service.summary).usage(`${service.name} [options]`);
  serve.configureHelp({ ...serve.configureHelp(), visibleArguments: () => [] });
  serve.addHelpText('after', () => settingsText(settings, formerNames(service)));
}

/** What was given as options. @param given by the names that commander has for them */
export async function settingsGiven(
  { service, settings }: Served,
  given: Readonly<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  const { valueIn } = await import('../services/shared/settings.ts');
  const flags: Record<string, unknown> = {};
  for (const { path } of settings) {
    const text = given[new Option(`${flagOf(path)} <value>`).attributeName()];
    if (typeof text === 'string') flags[path] = valueIn(service.settingsSchema, path, text);
  }
  return flags;
}

/** By the variable that it stands for, what a program before us was set by. */
function formerNames({ formerVariables = {} }: Service): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(formerVariables).flatMap(([former, means]) => Object.keys(means('')).map((name) => [name, former])),
  );
}

function settingsText(settings: readonly Setting[], former: ReadonlyMap<string, string>): string {
  const title = pc.createColors(true).bold('Settings:');
  const intro = lines(
    'Each by its option, by its variable, or by its name in the file of --settings (maxAhead: 5m, tls: { cert: … }). An option wins over a variable, a variable over the file.',
    2,
  );
  const entries = settings.map(({ path, variable, holds, byDefault, about }) => {
    const other = former.get(variable);
    const usually =
      byDefault === undefined ? '' : `Default: ${/^\S+$/.test(byDefault) ? byDefault : JSON.stringify(byDefault)}`;
    const words = [about, usually].filter((each) => each !== '').join(' ');
    const names = other === undefined ? variable : `${variable} or ${other}`;
    return [`  ${flagOf(path)} <${holds}>`, lines(words, 6), lines(`$${names}`, 6)].join('\n');
  });
  return [`\n${title}`, intro, '', ...entries].join('\n');
}

function lines(text: string, by: number): string {
  return indent(wrapped(text, WIDTH - by).join('\n'), by);
}
