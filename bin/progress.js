import { Interrupted } from './failure.js';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 100;
const PLAIN_EVERY_MS = 10_000;

/**
 * Shows that something slow goes on: a spinner with seconds on a terminal, else a line at the start, every ten seconds and at the end.
 * Everything goes to stderr, so that the output of a command can be piped.
 * @template T
 * @param {string} text what is being done, e.g. `Installing 124 packages`
 * @param {() => Promise<T>} work
 * @param {{ stream?: NodeJS.WriteStream, env?: Record<string, string | undefined> }} [options]
 * @returns {Promise<T>}
 */
export async function withProgress(text, work, options) {
  const progress = startProgress(text, options);
  try {
    const result = await work();
    progress.succeed();
    return result;
  } catch (error) {
    if (error instanceof Interrupted) progress.clear();
    else progress.fail();
    throw error;
  }
}

function startProgress(text, { stream = process.stderr, env = process.env } = {}) {
  const animated = Boolean(stream.isTTY) && env.TERM !== 'dumb' && !env.CI;
  const colour = Boolean(stream.isTTY) && env.TERM !== 'dumb' && !env.NO_COLOR;
  const paint = (code, mark) => (colour ? `\u001b[${code}m${mark}\u001b[0m` : mark);
  const started = Date.now();
  const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
  let frame = 0;

  const draw = () => {
    frame += 1;
    const room = Math.max(10, (stream.columns || 80) - 12);
    stream.write(`\r\u001b[K${paint(36, FRAMES[frame % FRAMES.length])} ${text.slice(0, room)} ${seconds()}`);
  };
  if (animated) draw();
  else stream.write(`${text} …\n`);
  const timer = animated
    ? setInterval(draw, FRAME_MS)
    : setInterval(() => stream.write(`${text} … ${seconds()}\n`), PLAIN_EVERY_MS);

  const end = (mark, word) => {
    clearInterval(timer);
    if (animated) stream.write('\r\u001b[K');
    if (mark) stream.write(`${animated ? `${mark} ` : ''}${text}: ${word} ${seconds()}\n`);
  };
  return {
    succeed: () => end(paint(32, '✓'), 'done in'),
    fail: () => end(paint(31, '✗'), 'failed after'),
    clear: () => end(undefined, ''),
  };
}
