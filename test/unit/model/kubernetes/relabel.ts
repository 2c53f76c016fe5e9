/** What Prometheus makes of a target's labels, as far as our objects need it: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#relabel_config */

export interface Rule {
  readonly action?: string;
  readonly sourceLabels?: readonly string[];
  readonly regex?: string;
  readonly targetLabel?: string;
  readonly replacement?: string;
}

/** The labels of the target's series; those that start with two underscores are gone. */
export function relabel(labels: Readonly<Record<string, string>>, rules: readonly Rule[]): Record<string, string> {
  const now = new Map(Object.entries(labels));
  for (const { action = 'replace', sourceLabels = [], regex, targetLabel = '', replacement = '$1' } of rules) {
    // The operator leaves an empty one out, and then it is any text.
    const whole = new RegExp(`^(?:${regex || '(.*)'})$`);
    if (action === 'labeldrop') for (const name of [...now.keys()]) if (whole.test(name)) now.delete(name);
    if (action !== 'replace') continue;
    const source = sourceLabels.map((name) => now.get(name) ?? '').join(';');
    if (!whole.test(source)) continue;
    const value = source.replace(whole, replacement);
    if (value === '') now.delete(targetLabel);
    else now.set(targetLabel, value);
  }
  return Object.fromEntries([...now].filter(([name]) => !name.startsWith('__')).sort());
}
