/** Where the links to runbooks lead, in every file that is written from a plan. */
import { describe, expect, test } from 'vitest';
import { renderFiles } from '../../../cli/render/files.ts';
import { plainFiles } from '../../../model/files.ts';
import { makePlan } from '../../../model/plan/plan.ts';
import { runbookUrl } from '../../../model/runbooks.ts';
import { places } from '../../fixtures/places.ts';
import { everythingStack, known, networks } from '../dashboards/everything.ts';

/** Every link to a runbook in a text, up to the name of its chain. */
function linksIn(files: ReadonlyMap<string, string>): string[] {
  const texts = [...files].filter(([path]) => !path.startsWith('runbooks/') && !path.startsWith('services/'));
  return texts.flatMap(([path, text]) =>
    [...text.matchAll(/\/runbooks\/(?:op-stack|system|\$\{__data)/g)].map(({ 0: found, index }) => {
      const before = /[^\s"']*$/.exec(text.slice(Math.max(0, index - 100), index))?.[0] ?? '';
      return `${path.split('/')[0]} ${before}${found}`;
    }),
  );
}

/** One network that Prometheus evaluates and one that Grafana does. */
const two = Object.fromEntries(Object.entries(networks).filter(([name]) => /^op-(all|with)/.test(name)));
const stackOf = (sections: Readonly<Record<string, unknown>>) =>
  everythingStack({ 'chainwatch:networks': two, ...sections });

function linked(sections: Readonly<Record<string, unknown>>): string[] {
  const stack = stackOf(sections);
  return [...new Set(linksIn(plainFiles(makePlan(stack, known), places, { blackbox: true })))].sort();
}

const expected = (base: string) =>
  ['dashboards', 'rules'].flatMap((folder) =>
    ['op-stack', 'system', ...(folder === 'dashboards' ? ['${__data'] : [])].map(
      (chain) => `${folder} ${base}/runbooks/${chain}`,
    ),
  );

describe('links to runbooks', () => {
  test('lead to our status service, wherever the backend has it', () => {
    expect(linked({})).toEqual(expected('https://status.public.test').sort());
  });

  test('lead to the place that the stack file says', () => {
    expect(linked({ 'chainwatch:runbooks': 'https://docs.example/x/' })).toEqual(
      expected('https://docs.example/x').sort(),
    );
  });

  test('stay paths where nobody shows them', () => {
    expect(linked({ 'chainwatch:services': { status: { enabled: false } } })).toEqual(expected('').sort());
  });

  test('are whole in what is rendered for Grafana too', () => {
    const stack = stackOf({ 'chainwatch:runbooks': 'https://docs.example' });
    const links = linksIn(renderFiles(stack, makePlan(stack, known)));
    expect(links.filter((link) => link.startsWith('grafana '))).not.toEqual([]);
    expect(links.filter((link) => !/ https:\/\/docs\.example\/runbooks\//.test(link))).toEqual([]);
  });

  test('of others stay as they are', () => {
    expect(runbookUrl('https://elsewhere.example/runbooks/x', 'https://docs.example')).toBe(
      'https://elsewhere.example/runbooks/x',
    );
  });
});
