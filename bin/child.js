import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { Interrupted } from './failure.js';

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const PATIENCE_MS = 2_000;

/**
 * Runs a program and waits for its end, whatever signals arrive meanwhile: the program decides how it stops.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string | undefined>, capture?: boolean }} [options] `capture`: collect its output instead of showing it
 * @returns {Promise<{ exitCode: number, output: string }>} exitCode is 128 + number for a program that a signal ended
 * @throws {Interrupted} with `capture` (a step on the way, after which nothing may follow) when a signal came
 */
export function runToEnd(command, args, { cwd, env, capture = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: capture ? ['ignore', 'pipe', 'pipe'] : 'inherit' });
    let output = '';
    let interruptedBy;
    const collect = (chunk) => {
      output += chunk;
    };
    child.stdout?.setEncoding('utf8').on('data', collect);
    child.stderr?.setEncoding('utf8').on('data', collect);

    const onSignal = (signal) => {
      interruptedBy = signal;
      // npm puts off a Ctrl-C until all is downloaded. A step that we capture may be cut off anywhere: the next start does it anew.
      if (capture) setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS).unref();
      if (signal === 'SIGINT' && terminalSignalsTheGroup()) return;
      child.kill(signal);
    };
    for (const signal of FORWARDED) process.on(signal, onSignal);
    const done = () => {
      for (const signal of FORWARDED) process.off(signal, onSignal);
    };

    child.once('error', (error) => {
      done();
      reject(error);
    });
    child.once('close', (code, signal) => {
      done();
      if (capture && interruptedBy) reject(new Interrupted(128 + constants.signals[interruptedBy]));
      else resolve({ exitCode: code ?? 128 + constants.signals[signal], output });
    });
  });
}

// Ctrl-C goes from the terminal to every process of its foreground group, the child included: forwarding it would make two of it, and a second
// Ctrl-C commonly means "at once". A SIGINT that comes while we are not in the foreground group was meant for us alone.
function terminalSignalsTheGroup() {
  try {
    const stat = readFileSync('/proc/self/stat', 'latin1');
    const [, , group, , terminal, foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return terminal !== '0' && group === foreground;
  } catch {
    return Boolean(process.stdin.isTTY || process.stderr.isTTY);
  }
}
