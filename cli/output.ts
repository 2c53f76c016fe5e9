/** Text for a terminal: colours where they are wanted, tables, lists. */
import pc from 'picocolors';

export type Paint = ReturnType<typeof pc.createColors>;

export function paint({ color }: { readonly color: boolean }): Paint {
  return pc.createColors(color);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the very characters that a terminal swallows
const ESCAPES = /\u001b\[[0-9;]*m/g;

/** How wide it looks: colours take no room. */
export function widthOf(text: string): number {
  return [...text.replace(ESCAPES, '')].length;
}

/**
 * Columns side by side, the heads underlined by nothing but their colour. No cell is cut: a line that is too long is still true.
 * @param rows each as long as `heads`
 */
export function table(heads: readonly string[], rows: readonly (readonly string[])[], { dim }: Paint): string {
  const widths = heads.map((head, column) => Math.max(widthOf(head), ...rows.map((row) => widthOf(row[column] ?? ''))));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - widthOf(cell))))
      .join('  ')
      .trimEnd();
  return `${[line(heads.map((head) => dim(head))), ...rows.map(line)].join('\n')}\n`;
}

/** `1 alert`, `2 alerts` */
export function count(number: number, thing: string, things = `${thing}s`): string {
  return `${number} ${number === 1 ? thing : things}`;
}

export function indent(text: string, by = 2): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(by));
}

export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
