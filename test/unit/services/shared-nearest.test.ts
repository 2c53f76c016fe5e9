import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nearest as nearestInStackFiles } from '../../../config/faults.ts';
import { nearest } from '../../../services/shared/nearest.ts';

it('guesses only what is near', () => {
  expect(nearest('b:7301', ['a:7300', 'b:7300'])).toBe('b:7300');
  expect(nearest('nothing of the kind', ['l1-halt', 'few-peers'])).toBeUndefined();
  expect(nearest('x', [])).toBeUndefined();
});

it('guesses what the check of stack files guesses', () => {
  const names = fc.string({ unit: fc.constantFrom('a', 'B', 'c', '-', '1'), maxLength: 8 });
  fc.assert(
    fc.property(names, fc.array(names), (name, known) => {
      expect(nearest(name, known)).toBe(nearestInStackFiles(name, known));
    }),
  );
});
