/** Our units of readings as Grafana's units of fields. */
import { parseUnit } from '../../config/units.ts';

/** Words that are no unit of a reading, but a way to show one. */
const SHOWN: Readonly<Record<string, string>> = {
  /** A block number, a version: digits as they are. */
  number: 'none',
  /** `1.2 K`, `3.4 Mil`. */
  amount: 'short',
};

const KNOWN: Readonly<Record<string, string>> = {
  ns: 'ns',
  us: 'µs',
  ms: 'ms',
  s: 's',
  min: 'm',
  h: 'h',
  d: 'd',
  B: 'bytes',
  'B/s': 'binBps',
  ratio: 'percentunit',
  '%': 'percent',
  bool: 'bool_yes_no',
};

/** @throws UnitError for what is no unit at all */
export function grafanaUnit(name: string): string {
  return SHOWN[name] ?? KNOWN[name] ?? `suffix:${parseUnit(name).name}`;
}
