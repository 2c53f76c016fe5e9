/** The least that a program in TypeScript can be. */
export const nothing: string = '';
