/** Panels flow from left to right like words, in 24 columns; a row's title takes a line of its own. */
import type { Panel, Section } from './panels.ts';

const COLUMNS = 24;

export interface Position {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface Placed {
  readonly section: Section;
  readonly at: Position;
  readonly panels: readonly { readonly panel: Panel; readonly at: Position }[];
}

export function layout(sections: readonly Section[]): Placed[] {
  let y = 0;
  return sections.map((section) => {
    const at = { x: 0, y, w: COLUMNS, h: 1 };
    y += 1;
    let x = 0;
    let tallest = 0;
    const panels = section.panels.map((panel) => {
      if (x + panel.width > COLUMNS) {
        x = 0;
        y += tallest;
        tallest = 0;
      }
      const position = { x, y, w: panel.width, h: panel.height };
      x += panel.width;
      tallest = Math.max(tallest, panel.height);
      return { panel, at: position };
    });
    // What a collapsed row holds takes no room until it is opened.
    y = section.collapsed ? at.y + 1 : y + tallest;
    return { section, at, panels };
  });
}
