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

/** Cells side by side. None is cut: a line that is too long is still true. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, widthOf(cell));
  const pad = (cell: string, column: number) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - widthOf(cell)));
  return rows.map((row) => `${row.map(pad).join('  ').trimEnd()}\n`).join('');
}

/** Columns under heads. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[], { dim }: Paint): string {
  return columns([heads.map((head) => dim(head)), ...rows]);
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

/** In lines of at most so many columns, where each word fits; never narrower than what can be read. */
export function wrapped(text: string, width: number): string[] {
  const most = Math.max(width, 20);
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && widthOf(last) + 1 + widthOf(word) <= most) lines.splice(-1, 1, `${last} ${word}`);
    else lines.push(word);
  }
  return lines;
}
