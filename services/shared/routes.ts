const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

interface Route {
  readonly methods: readonly string[];
  readonly url: string;
}

/** What a service can be asked, for those who ask in another way. */
export class KnownRoutes {
  readonly #routes: Route[] = [];

  /** @param url as the router has it: `/peer/:id` */
  add(method: string | readonly string[], url: string): void {
    const methods = [method].flat().filter((each) => each !== 'HEAD');
    if (methods.length > 0) this.#routes.push({ methods, url });
  }

  /** By what a path can be asked; empty for one that nobody knows. */
  methodsOf(path: string): string[] {
    const found = this.#routes.filter(({ url }) => fits(path, url)).flatMap(({ methods }) => methods);
    return METHODS.filter((method) => found.includes(method));
  }

  toString(): string {
    const all = this.#routes.flatMap(({ methods, url }) => methods.map((method) => `${method} ${url}`));
    return [...new Set(all)].sort().join(', ');
  }
}

function fits(path: string, url: string): boolean {
  const [parts, pattern] = [path.split('/'), url.split('/')];
  const isSame = (part: string | undefined, wanted: string) =>
    wanted.startsWith(':') ? part !== undefined && part !== '' : wanted === part;
  if (pattern.at(-1) === '*') return pattern.slice(0, -1).every((wanted, at) => isSame(parts[at], wanted));
  return parts.length === pattern.length && pattern.every((wanted, at) => isSame(parts[at], wanted));
}
