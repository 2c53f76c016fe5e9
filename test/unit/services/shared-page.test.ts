import { describe, expect, test } from 'vitest';
import { escapeHtml, html } from '../../../services/shared/page/html.ts';
import { linkable } from '../../../services/shared/page/link.ts';
import { paceNote } from '../../../services/shared/page/pace.ts';
import { severityClass, severityRank } from '../../../services/shared/page/severity.ts';
import { durationWords } from '../../../services/shared/page/words.ts';

describe('html', () => {
  test('escapes values, but not its own results', () => {
    expect(html`<b>${'<i>'}</b>${html`<u>${1}</u>`}${null}${[html`<p>`, '&']}`.text).toBe(
      '<b>&lt;i&gt;</b><u>1</u><p>&amp;',
    );
    expect(escapeHtml(`"'`)).toBe('&quot;&#39;');
  });

  test.each([
    ['https://example.org/a?b=c', 'https://example.org/a?b=c'],
    ['http://user:pw@example.org/', 'http://example.org/'],
    ['javascript:alert(1)', undefined],
    [' javascript:alert(1)', undefined],
    ['/runbooks/x', undefined],
    ['//example.org', undefined],
    ['', undefined],
  ])('linkable(%s)', (address, link) => {
    expect(linkable(address)).toBe(link);
  });
});

test.each([
  [-5, '0 s'],
  [12_400, '12 s'],
  [59_600, '1 min'],
  [3_600_000, '1 h'],
  [12_000_000, '3 h 20 min'],
  [187_200_000, '2 d 4 h'],
])('durationWords(%i) is %s', (ms, words) => {
  expect(durationWords(ms)).toBe(words);
});

test.each([
  [7, 'Time runs 7 times faster here: what takes an hour elsewhere takes 8 min.'],
  [720, 'Time runs 720 times faster here: what takes an hour elsewhere takes 5 s.'],
])('at time scale %i the page says so', (timeScale, words) => {
  expect(paceNote(timeScale)?.text.replace(/<[^>]*>/g, '')).toBe(words);
  expect(paceNote(1)).toBeNull();
});

test('severities that we do not know look alike and rank last', () => {
  expect(['page', 'info', '', 'critical', 'warning'].sort((a, b) => severityRank(a) - severityRank(b))).toEqual([
    'critical',
    'warning',
    'info',
    'page',
    '',
  ]);
  expect(severityClass('page')).toBe('other');
});
