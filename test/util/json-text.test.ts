import { freezeAll } from '../../src/util/constants';
import { jsonText } from '../../src/util/json-text';

describe('the text of an object', () => {
  const constant = freezeAll({ test: ['CMD-SHELL', 'a "b"\n$c'], none: undefined });

  test.each<[string, Record<string, unknown>]>([
    ['nothing', {}],
    ['plain values', { text: 'a\n"b" ü', number: 1.5, yes: true, nothing: null, list: [1, undefined, { a: 'b' }] }],
    ['fields that are not there', { a: undefined, b: 1, c: undefined }],
    ['names that need quotes', { 'a "b"': 1, '': 2, '7': 3 }],
    ['a constant, twice', { healthcheck: constant, other: constant, list: [constant] }],
  ])('is what JSON.stringify gives: %s', (_, value) => {
    expect(jsonText(value)).toBe(JSON.stringify(value));
    expect(jsonText(value)).toBe(JSON.stringify(value));
  });
});
