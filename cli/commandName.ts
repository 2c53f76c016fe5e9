/**
 * How a person calls us: npx finds the clone's own command, which is on nobody's PATH. Help, examples and remedies all say it so, that what
 * is copied from them runs.
 */
export const COMMAND = 'npx chainwatch';
