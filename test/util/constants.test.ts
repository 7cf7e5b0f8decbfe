import { freezeAll, isConstant, SharedParts } from '../../src/util/constants';
import { stringifyYaml } from '../../src/util/yaml';

test('a value is frozen with all that it holds', () => {
  const value = freezeAll({ list: [{ deep: 1 }] });

  expect(() => { (value.list[0] as { deep: number }).deep = 2; }).toThrow(TypeError);
  expect(isConstant(value.list[0])).toBe(true);
});

test('a value that is only frozen at its surface is no constant: what it holds may change', () => {
  const value = Object.freeze({ list: [1] });
  expect(isConstant(value)).toBe(false);
  expect(stringifyYaml(value)).toBe('list:\n  - 1\n');

  value.list.push(2);

  expect(stringifyYaml(value)).toBe('list:\n  - 1\n  - 2\n');
});

test('a constant is written at each depth with the indentation of that depth', () => {
  const part = freezeAll({ a: 1, b: [2] });

  expect(stringifyYaml({ first: part, second: { inner: part }, again: part })).toBe([
    'first:', '  a: 1', '  b:', '    - 2',
    'second:', '  inner:', '    a: 1', '    b:', '      - 2',
    'again:', '  a: 1', '  b:', '    - 2', '',
  ].join('\n'));
});

test('a shared part is made and finished once for each key', () => {
  const made: string[] = [];
  const parts = new SharedParts((part) => ({ ...part, finished: true }));
  const get = (key: string) => parts.get(key, () => {
    made.push(key);
    return { key };
  });

  expect(get('a')).toBe(get('a'));
  expect(get('b')).toEqual({ key: 'b', finished: true });
  expect(made).toEqual(['a', 'b']);
});

test('nothing is remembered of a part that is not there', () => {
  const parts = new SharedParts((part) => part);
  expect(parts.get('a', () => undefined)).toBeUndefined();
  expect(parts.get<number[] | undefined>('a', () => [1])).toEqual([1]);
});
