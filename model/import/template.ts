/** Annotations of Grafana in the words of Prometheus: `$values.B.Value` is `$value` there. */

const DROPPED = /^__.*__$/;

/** Of an annotation or a label. Texts outside of `{{ … }}` stay as they are. */
export function prometheusTemplate(text: string): string {
  return text.replace(/\{\{.*?\}\}/gs, (action) =>
    action
      .replace(/\(\s*index\s+\$values\s+"[^"]*"\s*\)(?:\.Value)?/g, '$$value')
      .replace(/\$values\.[A-Za-z_]\w*\.Labels\b/g, '$$labels')
      .replace(/\$values\.[A-Za-z_]\w*(?:\.Value)?/g, '$$value'),
  );
}

/** Without what only Grafana reads. */
export function prometheusAnnotations(annotations: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(annotations)
      .filter(([key]) => !DROPPED.test(key))
      .map(([key, text]) => [key, prometheusTemplate(text)]),
  );
}
