import { Yaml } from 'cdk8s';
import { random } from './random';
import { freezeAll } from '../../src/util/constants';
import { stringifyEntry, stringifyYaml } from '../../src/util/yaml';

/** How many random documents are compared; more by hand: `FUZZ_DOCUMENTS=1000000 npx jest test/util/yaml`. */
const FUZZ_DOCUMENTS = Number(process.env.FUZZ_DOCUMENTS ?? 20_000);
const FUZZ_SEED = Number(process.env.FUZZ_SEED ?? 1);

/** Strings that YAML, or YAML 1.1, or a hasty writer, takes for something else. */
const NASTY = [
  // other types
  'yes', 'No', 'ON', 'off', 'y', 'N', 'true', 'False', 'TRUE', 'tRuE', 'null', 'Null', 'NULL', 'nULL', '~', '', '<<', '=',
  '0', '00', '0777', '0o17', '08', '-1', '+1', '1_000', '12:30', '1:2:3', '12:30:45.6', '-12:30', '0x1F', '0b101', '0x', '1.', '.5', '1.5', '-1.5', '.',
  '1e3', 'e1', 'E+5', '-e5', '--e5', '1E-3', '.e5', '1_0e5', '.inf', '-.INF', '.nan', '.NaN', 'inf', 'NaN', '-', '--', '+', '_', '_1', '1_',
  '2024-01-02', '2024-1-2', '2024-01-02T03:04:05Z', '2024-01-02 03:04:05', '2024-01-02t3:04:05.678 +01:30', '2024-13', '20240102',
  // quantities, versions, addresses
  '100m', '250Mi', '1Gi', '2Ti', '0.5', '30s', '5e', '1E', '10d', '1.4.2', '10.7.0.9', '10.0.0.0/8', '::1', '2001:db8::1', '1/2', '8080/TCP', 'v1', 'apps/v1',
  // indicators
  '---', '--- a', '---a', '...', '... b', '...b', '%YAML', '%', '#', '#a', 'a#', 'a #', 'a # b', 'a#b', ':', ': a', 'a:', 'a: b', 'a:b', 'a :b', '::', '- a', '-a', '-',
  '? a', '?a', '?', ',a', 'a,', '[a', 'a]', '{a', 'a}', '[]', '{}', '&a', 'a&b', '*a', '!a', '!!str a', '|', '|a', '>', '>-', '@a', '`a', '\\', 'a\\n', 'a \\n',
  '{"a":"it\'s"}', '{"a": 1}', '["x"]', '$(HOME)', '${A:-b}', '$', '--flag=value', '-Xmx512m', './server', '../a', '.hidden', '/path with space', '/',
  // quotes
  '\'', '"', '\'a\'', '"a"', 'it\'s', 'say "hi"', 'it\'s "both"', 'a \'b\' "c": d', '"\\"', '\\"',
  // white space
  ' ', '  ', ' a', 'a ', '\t', '\ta', 'a\t', 'a\tb', 'a \tb', 'a: \tb', 'a\t#b', 'a:\tb', 'a  b', '\u00a0', '\u00a0a', '\ufeffa', '\u2028', 'a\u2029b', '\u0085',
  // several lines
  '\n', '\n\n', 'a\n', 'a\n\n', '\na', '\n\na', 'a\nb', 'a\nb\n', 'a\nb\n\n', 'a\n\nb\n', 'a\n\n\nb', ' a\nb', 'a\n b\n', 'a \nb\n', 'a\n \nb', 'a\nb ', 'a\nb \n', 'a\n ',
  'a\n\t', '\ta\nb', 'a\n\tb\n', 'a\r\nb\r\n', '---\na: b\n', 'a\n---\nb', 'a\n...\nb\n', '%a\nb', 'a: b\nc: d\n', '# a\nb\n', '- a\n- b', '|\n', ' \n ', 'a\n#', 'é\nß\n',
  'server {\n\n  listen 80;\n\tlocation / { return 200 "it\'s"; }\n}\n', '\u2028\na', 'a\n\u00a0', 'emoji 🎉\nhere\n', '\u2028---a', '\u2029%', '{\n  "a": [1, 2]\n}\n',
  // control characters, surrogates, scripts
  '\0', 'a\x01b', '\x07', '\x1b[0m', '\x7f', '\x85', 'a\u009f', '\ud800', 'a\udfff\n', '\ud83c\udf89', 'é', 'naïve', 'Ελληνικά', '日本語', 'שלום', 'a\u0301', '—', '…', '\ufffd',
  // keys with a meaning in JavaScript
  '__proto__', 'constructor', 'toString', 'length', '1', '10', '-0',
  // long ones
  'x'.repeat(90), 'word '.repeat(40), 'word '.repeat(40).trim(), '"quoted" '.repeat(20), 'x'.repeat(1100), 'a: '.repeat(400), 'line of text\n'.repeat(12), '\'"'.repeat(60),
];

/** The pieces that random strings are made of. */
const PIECES = [
  ...NASTY.filter(nasty => nasty.length < 12),
  ...'abeExyYnNtTfz019 \t\n:#-?,[]{}&*!|>\'"%@`~_=+.\\/$<'.split(''), ' ', '\n', ': ', ' #', '\n\n', '\n ', ' \n', 'é', '🎉',
];

/** Random documents; `harmless` in 100 strings are plain words, so that some documents take the fast way throughout. */
function documents(seed: number): () => unknown {
  const pick = random(seed);
  const from = <T>(list: T[]): T => list[pick(list.length)];
  let harmless = 0;

  const words = ['name', 'image', 'web', 'replicas', 'app.kubernetes.io/name', 'ghcr.io/acme/shop:1.4.2', 'TCP', 'a word or two'];
  const string = (): string => {
    if (pick(100) < harmless) return from(words);
    if (pick(2) === 0) return from(NASTY);
    return Array.from({ length: pick(6) }, () => from(PIECES)).join('');
  };
  const number = (): number => from([0, 1, -1, -0, 8080, 1.5, -2.25, 1e21, 1e-7, 123456789012, pick(1e9) / 1000]);
  const value = (depth: number): unknown => {
    switch (depth === 0 ? 6 + pick(6) : pick(depth > 3 ? 6 : 12)) {
      case 0: return number();
      case 1: return from([true, false, null]);
      case 2: case 3: case 4: case 5: return string();
      case 6: case 7: return Array.from({ length: pick(4) }, () => value(depth + 1));
      default: return Object.fromEntries(Array.from({ length: pick(5) }, () => [string(), value(depth + 1)]));
    }
  };
  return () => {
    harmless = from([0, 50, 90, 97, 100]);
    return value(0);
  };
}

describe('stringifyYaml writes what cdk8s writes', () => {
  test.each([
    ['a manifest', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', labels: { 'app.kubernetes.io/name': 'web' }, annotations: { port: '8080', json: '{"a":1}' } },
      spec: { replicas: 3, paused: false, selector: {}, template: { containers: [{ args: ['--a', '-b', 'on'], env: [], ports: [{ containerPort: 80 }] }] } },
    }],
    ['sequences in sequences', [[1, [2, []]], [[[]]], {}, [{}], [{ a: [[{ b: 1, c: 2 }]] }]]],
    ['nulls', { a: null, b: [null], c: { d: null } }],
    ['only nulls', { a: null, b: null }],
    ['undefined, as null', { a: undefined, b: [undefined] }],
    ['a key too long for one line', { ['k'.repeat(1030)]: { a: [1, 2] }, b: 'x' }],
    ['keys that are numbers', { 10: 'a', 9: 'b', x: 'c' }],
    ['not quite numbers', { a: NaN, b: [Infinity, -Infinity], c: -0 }],
    ['not quite JSON', { a: new Date(0), b: { c: new Map([['d', 1]]), e: 1 }, f: [new Set(['g'])], h: { toJSON: () => 'i' } }],
    ['an object without a prototype', Object.assign(Object.create(null), { a: { b: 1 } })],
  ])('%s', (_, value) => {
    expect(stringifyYaml(value)).toBe(Yaml.stringify(value));
  });

  test.each([undefined, null, true, 0, '', 'a', [], {}])('%p alone', (value) => {
    expect(stringifyYaml(value)).toBe(Yaml.stringify(value));
  });

  test('strings that look like something else, as value, item and key, at every depth', () => {
    for (const nasty of NASTY) {
      const flat = [nasty, [nasty], { [nasty]: 1 }, { a: nasty }];
      const deep = [[[nasty]], { a: { [nasty]: nasty } }, [{ [nasty]: [{ [nasty]: { a: nasty, b: 1 } }] }]];
      for (const value of [...flat, ...deep]) {
        expect(stringifyYaml(value)).toBe(Yaml.stringify(value));
      }
    }
  });

  test(`${FUZZ_DOCUMENTS} random documents`, () => {
    const next = documents(FUZZ_SEED);
    for (let i = 0; i < FUZZ_DOCUMENTS; i++) {
      const value = next();
      const text = stringifyYaml(value);
      // `expect` costs more than the writing itself.
      if (text !== Yaml.stringify(value)) expect({ value, text }).toEqual({ value, text: Yaml.stringify(value) });
    }
  }, 3_600_000);
});

describe('stringifyYaml', () => {
  test('writes a shared value out each time', () => {
    const shared = { app: 'web', list: ['a'] };
    expect(stringifyYaml({ a: shared, b: shared })).toBe('a:\n  app: web\n  list:\n    - a\nb:\n  app: web\n  list:\n    - a\n');
  });

  test('also where it leaves the writing to cdk8s', () => {
    const shared = { app: 'web' };
    expect(stringifyYaml({ 'a\nb': shared, 'c': [shared] })).toBe('"a\\nb":\n  app: web\nc:\n  - app: web\n');
  });

  test('refers to what stands elsewhere in the document', () => {
    const elsewhere = freezeAll(['a', 'b']);
    expect(stringifyYaml({ a: elsewhere, b: [elsewhere], c: ['a', 'b'] }, '  ', new Map([[elsewhere, 'list']])))
      .toBe('  a: *list\n  b:\n    - *list\n  c:\n    - a\n    - b\n');
  });

  test('writes that out where it leaves the writing to cdk8s', () => {
    const elsewhere = freezeAll(['a']);
    expect(stringifyYaml({ 'a\nb': elsewhere }, '', new Map([[elsewhere, 'list']]))).toBe('"a\\nb":\n  - a\n');
  });

  test('writes the same text before and after its cache starts afresh', () => {
    const value = { yes: 'no', when: '12:30', quantity: '1e3' };
    const before = stringifyYaml(value);
    stringifyYaml(Array.from({ length: 25_000 }, (_, i) => `name-${i}`));
    expect(stringifyYaml(value)).toBe(before);
  });

  test('refuses what cdk8s refuses', () => {
    const value = { a: () => 1 };
    expect(() => Yaml.stringify(value)).toThrow('Tag not resolved for Function value');
    expect(() => stringifyYaml(value)).toThrow('Tag not resolved for Function value');
  });
});

describe('stringifyEntry writes what a mapping of one entry is', () => {
  const list = freezeAll(['a']);
  const anchors = new Map([[list, 'list']]);

  test.each([
    ['a service', 'web', { image: 'web:1', ports: ['80:80'], labels: {} }],
    ['nothing', 'data', {}],
    ['null', 'data', null],
    ['a reference', 'links', list],
    ['a key that needs quotes', 'yes', 1],
    ['a key of several lines', 'a\nb', list],
    ['not quite JSON', 'when', new Date(0)],
  ])('%s', (_, key, value) => {
    for (const indent of ['', '  ']) {
      expect(stringifyEntry(key, value, indent, anchors)).toBe(stringifyYaml({ [key]: value }, indent, anchors));
    }
  });
});
