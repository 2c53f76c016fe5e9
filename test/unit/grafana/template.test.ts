import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { grafanaTemplate, TemplateError } from '../../../model/grafana/template.ts';

describe('grafanaTemplate', () => {
  test.each([
    ['no action at all', 'no action at all'],
    ['up is {{ $value }}', 'up is {{ $values.B.Value }}'],
    ['{{$value}}', '{{$values.B.Value}}'],
    [
      '{{ $value | printf "%.2f" }} of {{ $labels.instance }}',
      '{{ $values.B.Value | printf "%.2f" }} of {{ $labels.instance }}',
    ],
    ['{{ humanizePercentage $value }}', '{{ humanizePercentage $values.B.Value }}'],
    ['{{ if gt $value 5.0 }}much{{ end }}', '{{ if gt $values.B.Value 5.0 }}much{{ end }}'],
    // Neither a text, nor a longer name, nor what stands outside is the value.
    ['{{ print "$value" $value }}', '{{ print "$value" $values.B.Value }}'],
    ['{{ `$value }}` }} {{ $value }}', '{{ `$value }}` }} {{ $values.B.Value }}'],
    ['{{ $valueOf }} $value', '{{ $valueOf }} $value'],
    ['{{/* $value, query */}}{{ $value }}', '{{/* $value, query */}}{{ $values.B.Value }}'],
    ['{{ $labels.query }}', '{{ $labels.query }}'],
  ])('%s', (text, translated) => {
    expect(grafanaTemplate(text)).toBe(translated);
  });

  test.each(['{{ query "up" | first | value }}', '{{ $externalLabels.x }}', '{{ $externalURL }}', '{{ .Value }}'])(
    'refuses %s, which Grafana cannot answer',
    (text) => {
      expect(() => grafanaTemplate(text)).toThrow(TemplateError);
    },
  );

  test('leaves alone what is no action', () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !text.includes('{{')),
        (text) => grafanaTemplate(text) === text,
      ),
    );
  });

  test('done twice is done once', () => {
    const pieces = fc.constantFrom(
      '{{ $value }}',
      '{{ $labels.a }}',
      ' of ',
      '{{ $value | humanize }}',
      '"',
      '`',
      '}}',
    );
    fc.assert(
      fc.property(fc.array(pieces), (all) => {
        const once = grafanaTemplate(all.join(''));
        return grafanaTemplate(once) === once;
      }),
    );
  });
});
