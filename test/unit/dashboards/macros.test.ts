import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { substituteVariables, withVariables } from '../../../model/dashboards/macros.ts';
import { type Matcher, matcherEdits } from '../../../model/promql/selectors.ts';
import { PromqlError, parsePromql } from '../../../model/promql/syntax.ts';

const matchers: Matcher[] = [{ label: 'network', op: '=', value: 'net' }];
const narrowed = (query: string) => withVariables(query, (promql) => matcherEdits(promql, () => matchers));

describe('withVariables', () => {
  test.each([
    ['rate(x[$__rate_interval])', 'rate(x{network="net"}[$__rate_interval])'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's own way to write a variable
    ['increase(x[${window}]) / ${__range_s:raw}', 'increase(x{network="net"}[${window}]) / ${__range_s:raw}'],
    ['rate(x{instance=~"$instance"}[$__range])', 'rate(x{network="net",instance=~"$instance"}[$__range])'],
    ["x{a='$a', b=`$b`}", 'x{network="net",a=\'$a\', b=`$b`}'],
    ['x[$a:$b] offset $c', 'x{network="net"}[$a:$b] offset $c'],
    ['x # $comment\n+ rate(y[$w])', 'x{network="net"} # $comment\n+ rate(y{network="net"}[$w])'],
    ['x > 864086401ms and rate(y[$w])', 'x{network="net"} > 864086401ms and rate(y{network="net"}[$w])'],
    ['up', 'up{network="net"}'],
  ])('%s', (query, expected) => {
    expect(narrowed(query.replace('x[$a:$b] offset $c', 'max_over_time(x[$a:$b] offset $c)'))).toBe(
      expected.replace('x{network="net"}[$a:$b] offset $c', 'max_over_time(x{network="net"}[$a:$b] offset $c)'),
    );
  });

  test('says where the query itself does not parse', () => {
    expect(() => narrowed('rate(x[$__rate_interval)')).toThrow(PromqlError);
  });

  test.each(['rate(x[1h$w])', 'level:$w', '1$w'])('refuses a variable that stands for no duration: %s', (query) => {
    expect(() => narrowed(query)).toThrow(`a variable of "${query}" stands for no duration`);
  });

  test('changes nothing where nothing is changed, whatever the variables', () => {
    const braced = fc.constantFrom('b', 'c:csv', '__range_s').map((name) => `\${${name}}`);
    const variable = fc.oneof(fc.constantFrom('$a', '$__interval', '5m'), braced);
    const piece = fc.oneof(
      variable.map((range) => `rate(x{i=~"$i"}[${range}])`),
      fc.tuple(variable, variable).map(([range, step]) => `max_over_time(y[${range}:${step}])`),
      fc.constant('sum by (a) (z) # $x'),
    );
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 5 }), (pieces) => {
        const query = pieces.join('\n + ');
        expect(withVariables(query, () => [])).toBe(query);
        expect(() => parsePromql(substituteVariables(query).promql)).not.toThrow();
      }),
    );
  });
});
