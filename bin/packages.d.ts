type Env = Readonly<Record<string, string | undefined>>;

/** Installs the packages of package-lock.json when they are missing, or others than it says. Throws a Failure with npm's own words. */
export declare function ensurePackages(options: { root: string; node: string; env?: Env }): Promise<void>;

/** Lets `npx chainwatch` in the clone find the clone's own command. */
export declare function linkCommand(root: string): void;
