/** The folder that all clones of one user share: `CHAINWATCH_CACHE`, else `$XDG_CACHE_HOME/chainwatch`, else `~/.cache/chainwatch`. */
export declare function cacheDirectory(env?: Readonly<Record<string, string | undefined>>): string;
