type Env = Readonly<Record<string, string | undefined>>;

export interface NodePackage {
  readonly name: string;
  readonly version: string;
  /** As the registry states it: `sha512-<base64>`. */
  readonly integrity: string;
}

/** What npm has, by `<process.platform>-<process.arch>`. */
export declare const nodePackages: Readonly<Record<string, NodePackage>>;

/** Whether that Node runs TypeScript files as they are, without a flag: 22.18, 23.6, or anything newer. */
export declare function runsTypeScript(version: string): boolean;

/** A Node that runs TypeScript: this one, else the one in the cache, else one from npm. Throws a Failure where there is none. */
export declare function findNode(options: {
  cache: string;
  version?: string;
  execPath?: string;
  platform?: string;
  packages?: Readonly<Record<string, NodePackage>>;
  env?: Env;
}): Promise<string>;
