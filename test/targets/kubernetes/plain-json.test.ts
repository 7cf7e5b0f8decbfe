import { constant, plainJson } from '../../../src/targets/kubernetes/plain-json';

test.each<[string, any, string]>([
  ['keys are sorted, at every depth', { b: 1, a: { d: [{ f: 1, e: 2 }], c: 3 } }, '{"a":{"c":3,"d":[{"e":2,"f":1}]},"b":1}'],
  ['undefined and null are left out', { a: undefined, b: null, c: { d: undefined }, e: [{ f: undefined }] }, '{"c":{},"e":[{}]}'],
  ['empty lists and objects stay', { a: [], b: {} }, '{"a":[],"b":{}}'],
  ['false, 0 and the empty string stay', { a: false, b: 0, c: '' }, '{"a":false,"b":0,"c":""}'],
  ['sorting goes by code points', { 'a-b': 1, 'a/b': 2, 'a.b': 3, 'aB': 4 }, '{"a-b":1,"a.b":3,"a/b":2,"aB":4}'],
])('%s', (_, value, expected) => {
  expect(JSON.stringify(plainJson(value))).toBe(expected);
});

test('what is plain already stays the same object', () => {
  const value = { a: [{ b: 1 }], c: 'd' };
  expect(plainJson(value)).toBe(value);
});

test('nothing that is given is changed', () => {
  const value = { b: [{ d: 1, c: undefined }], a: 1 };
  plainJson(value);
  expect(JSON.stringify(Object.keys(value))).toBe('["b","a"]');
  expect('c' in value.b[0]).toBe(true);
});

test('a constant is plain and cannot be changed', () => {
  const value = constant({ b: { d: 1, c: [undefined] }, a: undefined });
  expect(Object.keys(value)).toEqual(['b']);
  expect(Object.isFrozen(value.b)).toBe(true);
  expect(plainJson({ x: value }).x).toBe(value);
});
