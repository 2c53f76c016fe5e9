type Env = Readonly<Record<string, string | undefined>>;

/** Runs a TypeScript program of this clone with this process' arguments; sets the exit code. */
export declare function bootstrap(
  entry: string,
  options?: { root?: string; args?: string[]; env?: Env },
): Promise<void>;

/** The environment in which `node` is that Node; unchanged where PATH leads there already. */
export declare function withNodeFirst(env: Env, node: string): Env;
