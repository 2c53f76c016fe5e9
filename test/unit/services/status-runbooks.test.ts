import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { renderRunbook, runbookHref } from '../../../services/status/runbooks/render.ts';
import { Shelf } from '../../../services/status/runbooks/shelf.ts';
import { runs } from '../../fixtures/prove.ts';

const render = (markdown: string) => renderRunbook(markdown, { chain: 'op-stack', alert: 'BatcherDown' }).text;

describe('renderRunbook', () => {
  it('renders what runbooks are made of', () => {
    const page = render(
      '## First check\n\n1. Look at `op-geth`:\n\n```sh\ncurl -s http://x | jq "a<b"\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n',
    );
    expect(page).toContain('<h2>First check</h2>');
    expect(page).toContain('<code>op-geth</code>');
    expect(page).toContain('curl -s http://x | jq &quot;a&lt;b&quot;');
    expect(page).toContain('<td>2</td>');
  });

  it('does not repeat the name of the alert as a heading', () => {
    expect(render('# BatcherDown\n\n## Meaning\n')).toBe('<h2>Meaning</h2>\n');
    expect(render('# BatcherDownAgain\n')).toBe('<h1>BatcherDownAgain</h1>\n');
  });

  it('shows raw HTML as the text it is', () => {
    expect(render('<script>alert(1)</script>')).toBe('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(render('a <img src=x onerror=alert(1)> b')).toBe('<p>a &lt;img src=x onerror=alert(1)&gt; b</p>\n');
  });

  it('loads no images', () => {
    expect(render('![a graph](https://example.org/x.png)')).toContain(
      '<a href="https://example.org/x.png" rel="noreferrer">a graph</a>',
    );
    expect(render('![x](data:image/svg+xml;base64,AAAA)')).toBe('<p>x</p>\n');
  });

  it.each([
    ['https://docs.optimism.io/a?b=1&c=2', 'https://docs.optimism.io/a?b=1&c=2'],
    ['mailto:a@example.org', 'mailto:a@example.org'],
    ['#fix', '#fix'],
    ['BatcherDown.md', '/runbooks/op-stack/BatcherDown'],
    ['./BatcherDown.md', '/runbooks/op-stack/BatcherDown'],
    ['../../system/runbooks/HostDown.md', '/runbooks/system/HostDown'],
    ['javascript:alert(1)', undefined],
    ['JaVaScRiPt:alert(1)', undefined],
    ['data:text/html,x', undefined],
    ['//evil.example.org/x', undefined],
    ['../../../etc/passwd', undefined],
    ['/runbooks/system/HostDown', '/runbooks/system/HostDown'],
    ['/runbooks/../metrics', undefined],
    ['/metrics', undefined],
  ])('a link to %j leads to %j', (href, expected) => {
    expect(runbookHref(href, 'op-stack')).toBe(expected);
  });

  it('lets nothing through that could run, whatever a page holds', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(
        '<script>',
        '</script>',
        '<img src=x onerror=alert(1)>',
        '<a href="javascript:x">',
        '[x](javascript:x)',
        '[x](<java\nscript:x>)',
        '[x]: javascript:x',
        '![x](javascript:x)',
        '<javascript:x>',
        '```<b>\n',
        '`<b>`',
        '"><svg onload=x>',
        '[x](" onclick="y)',
        '<!--',
        '|a|\n|-|\n',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const page = render(pieces.join('\n'));
        for (const [tag] of page.matchAll(/<[^>]*>?/g)) {
          expect(tag).toMatch(
            /^<\/?(?:p|h[1-6]|ul|ol|li|pre|code|em|strong|del|blockquote|hr|br|table|thead|tbody|tr|th|td|input|a)(?: (?:href="(?:https?:|mailto:|#|\/runbooks\/)[^"<>]*"|rel="noreferrer"|align="[a-z]+"|class="language-[^"<>]*"|start="\d+"|checked=""|disabled=""|type="checkbox"))*>$/,
          );
        }
      }),
      { numRuns: runs(200) },
    );
  });
});

describe('Shelf', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chainwatch-status-'));
  mkdirSync(join(folder, 'op-stack/runbooks'), { recursive: true });
  writeFileSync(join(folder, 'op-stack/runbooks/BatcherDown.md'), '# Down\n');
  writeFileSync(join(folder, 'op-stack/runbooks/Unlisted.md'), '# Secret\n');
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const shelf = new Shelf(['system/HostDown', 'op-stack/BatcherDown'], folder);

  it('gives the pages of the settings, and says why it does not give others', () => {
    expect(shelf.names.map(({ alert }) => alert)).toEqual(['BatcherDown', 'HostDown']);
    expect(shelf.read({ chain: 'op-stack', alert: 'BatcherDown' })).toEqual({ text: '# Down\n' });
    expect(shelf.read({ chain: 'op-stack', alert: 'Unlisted' })).toEqual({
      problem: 'it is not among the runbooks of this environment',
    });
    expect(shelf.read({ chain: 'system', alert: 'HostDown' })).toEqual({
      problem: 'its file rules/system/runbooks/HostDown.md does not exist',
    });
  });
});
