import { dictionary, isDictionary } from '../../src/util/dictionary';

test('a dictionary has its entries and nothing else, whatever their names', () => {
  const named = dictionary([['web', 1], ['constructor', 2], ['__proto__', 3]]);
  expect(Object.entries(named)).toEqual([['web', 1], ['constructor', 2], ['__proto__', 3]]);
  expect('toString' in named).toBe(false);
  expect([isDictionary(named), isDictionary({})]).toEqual([true, false]);
});
