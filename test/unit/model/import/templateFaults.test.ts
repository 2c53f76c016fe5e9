/** Templates that Prometheus would refuse, and those that it takes. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { labelsNamed, templateFaults } from '../../../../model/import/templateFaults.ts';

const said = (text: string) => templateFaults(text).map(({ message, at }) => `${at} ${message}`);

test.each([
  'no template',
  '{{ $labels.instance }} has {{ $value | humanizeDuration }} of {{ $externalLabels.env }} at {{ $externalURL }}',
  '{{ range $i, $x := query "up" }}{{ $i }}{{ $x.Value }}{{ end }}',
  '{{ with $x := query "up{job=\'}}\'}" | first }}{{ $x | value }}{{ else }}{{ . }}{{ end }}',
  '{{ if gt $value 1.0 }}a{{ else if eq $value 1e3 }}b{{ end }}{{/* $nobody */}}{{- $y := 1 -}}{{ $y }}',
  '{{ define "t" }}{{ . }}{{ end }}{{ template "t" $labels }}{{ printf `%.2f }}` $value }}{{ $.Labels.a }}',
  '{{ range $labels }}{{ break }}{{ end }}',
])('%s is in order', (text) => {
  expect(said(text)).toEqual([]);
});

describe('what is wrong', () => {
  test.each<[string, string]>([
    ['x {{ $lables.foo }}', '5 reads the variable $lables, which there is not; did you mean "$labels"?'],
    [
      '{{ $nobodyKnows }}',
      '3 reads the variable $nobodyKnows, which there is not; known: $externalLabels, $externalURL, $labels, $value',
    ],
    ['{{ range $x := query "a" }}{{ end }}{{ $x }}', '39 reads the variable $x, which there is not'],
    ['{{ $x := $x }}', '9 reads the variable $x, which there is not'],
    ['{{ $value', '0 opens {{ and does not close it'],
    ['a {{ $value } {{ $labels.b }', '2 opens {{ and does not close it'],
    ['{{ "a }}', '0 opens {{ and does not close it'],
    ['{{ if $value }}a', '0 has {{ if }} without {{ end }}'],
    ['{{ if }}a{{ end }}', '0 has {{ if }} without a value'],
    ['a{{ end }}', '1 has {{ end }} with nothing open'],
    ['{{ humanise $value }}', '3 calls humanise, a function that Prometheus does not have; did you mean "humanize"?'],
  ])('%s', (text, fault) => {
    expect(said(text)[0]).toContain(fault);
    expect(said(text)).toHaveLength(1);
  });
});

test('labels are found wherever a template names them, and nowhere else', () => {
  expect(labelsNamed('$labels.no {{ $labels.a }} {{ .Labels.b }} {{ index $labels "c-d" }}')).toEqual([
    'a',
    'b',
    'c-d',
  ]);
});

test('whatever it is given, it answers', () => {
  const piece = fc.constantFrom(
    '{{',
    '}}',
    '"',
    '`',
    '$x',
    ':=',
    ' if ',
    ' end ',
    'range',
    '/*',
    '*/',
    '.',
    '\n',
    '\\',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string())), (pieces) => {
      const text = pieces.join('');
      return templateFaults(text).every(({ at }) => at >= 0 && at < text.length);
    }),
  );
});
