import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, messageOf } from '../../shared/fault.ts';

/** The `rules/` of this program. */
const RULES = join(import.meta.dirname, '../../../rules');

export interface RunbookName {
  readonly chain: string;
  readonly alert: string;
}

/** The runbooks that are served: those named in the settings, read from disk each time, so that an edit shows at once. */
export class Shelf {
  readonly #names: ReadonlySet<string>;
  readonly #folder: string;

  /**
   * @param names `<chain>/<Alert>`; settings.ts sees to it that none leads out of the folder
   * @param folder holds `<chain>/runbooks/<Alert>.md`
   */
  constructor(names: readonly string[], folder: string = RULES) {
    this.#names = new Set(names);
    this.#folder = folder;
  }

  /** Sorted. */
  get names(): readonly RunbookName[] {
    return [...this.#names].sort().map((name) => {
      const [chain = '', alert = ''] = name.split('/');
      return { chain, alert };
    });
  }

  has({ chain, alert }: RunbookName): boolean {
    return this.#names.has(`${chain}/${alert}`);
  }

  /** The Markdown, or why there is none. */
  read(name: RunbookName): { readonly text: string } | { readonly problem: string } {
    const { chain, alert } = name;
    if (!this.has(name)) return { problem: 'it is not among the runbooks of this environment' };
    try {
      return { text: readFileSync(join(this.#folder, chain, 'runbooks', `${alert}.md`), 'utf8') };
    } catch (error) {
      const why =
        codeOf(error) === 'ENOENT' ? 'does not exist' : `cannot be read (${codeOf(error) ?? messageOf(error)})`;
      return { problem: `its file rules/${chain}/runbooks/${alert}.md ${why}` };
    }
  }
}
