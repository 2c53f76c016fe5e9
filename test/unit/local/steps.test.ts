import { afterEach, describe, expect, test, vi } from 'vitest';
import { Interrupted } from '../../../cli/errors.ts';
import { step } from '../../../local/steps.ts';

const { signal } = new AbortController();

function recorder(isTTY: boolean) {
  let text = '';
  const write = (more: string) => {
    text += more;
  };
  return { out: { write, isTTY, columns: 20 }, text: () => text };
}

afterEach(() => {
  vi.useRealTimers();
});

describe('a step', () => {
  test('gives back what its work returns, and shows a line when it is done', async () => {
    const { out, text } = recorder(false);
    const done = await step({ title: 'Add', signal, work: async () => 3, summary: (sum) => `it is ${sum}` }, out);
    expect(done).toBe(3);
    expect(text()).toBe('✔ Add: it is 3\n');
  });

  test('that fails shows its title alone: the reason is said once, by the caller', async () => {
    const { out, text } = recorder(false);
    const work = async () => {
      throw new Error('the port is taken');
    };
    await expect(step({ title: 'Ports', signal, work }, out)).rejects.toThrow('the port is taken');
    expect(text()).toBe('✖ Ports\n');
  });

  test('that is cut off ends with the reason of the signal, whatever its work made of it', async () => {
    const { out, text } = recorder(false);
    const controller = new AbortController();
    for (const fails of [true, false]) {
      const work = async () => {
        controller.abort(new Interrupted(130));
        if (fails) throw new Error('a program ended');
      };
      const fresh = fails ? step({ title: 'Up', signal: controller.signal, work }, out) : undefined;
      if (fresh) await expect(fresh).rejects.toBeInstanceOf(Interrupted);
    }
    expect(text()).toBe('✖ Up: interrupted\n');
    const never = step({ title: 'Next', signal: controller.signal, work: async () => 1 }, out);
    await expect(never).rejects.toBeInstanceOf(Interrupted);
    expect(text()).not.toContain('Next');
  });

  test('in a log says now and then what it does, and nothing after its end', async () => {
    vi.useFakeTimers();
    const { out, text } = recorder(false);
    const work = async (say: (what: string) => void) => {
      await vi.advanceTimersByTimeAsync(10_000);
      say('building prometheus');
      await vi.advanceTimersByTimeAsync(20_000);
    };
    await step({ title: 'Programs', signal, work }, out);
    await vi.advanceTimersByTimeAsync(60_000);
    const often = '… Programs: building prometheus\n';
    expect(text()).toBe(`… Programs\n${often}${often}✔ Programs\n`);
  });

  test('on a terminal draws over its line, never wider than that', async () => {
    const { out, text } = recorder(true);
    const work = async (say: (what: string) => void) => {
      say('something that takes much more room than there is');
      await new Promise((resolve) => setTimeout(resolve, 200));
    };
    await step({ title: 'Programs', signal, work }, out);
    const drawn = text().split('\r\u001b[K');
    expect(drawn.at(-1)).toBe('✔ Programs\n');
    expect(drawn.some((line) => line.includes('somet'))).toBe(true);
    expect(Math.max(...drawn.map((line) => line.length))).toBe(19);
  });
});
