export declare const exitCodes: Readonly<Record<'missing' | 'storage' | 'internal', number>>;

/** The user can mend it: printed as it is, without a stack trace. */
export declare class Failure extends Error {
  readonly remedy: string;
  readonly details: readonly string[];
  readonly exitCode: number;
}
