/** Keeps what is compiled from now on, for the next start. */
export declare function keepCompiled(): void;
