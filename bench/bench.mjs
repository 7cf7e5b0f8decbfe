/*
 * How long a synth takes, and how much memory, beside cdk8s-plus-28. Each measurement is a fresh process; CPU time
 * (user and system) is compared, for it depends less than the clock on what else the machine does.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { NOT_BUILT } from './child.mjs';

const HELP = `usage: npm run bench [-- options]

  --runs N      measure each case N times and take the median (3; cases of more than 10 s: once)
  --only TEXT   only goals whose title contains TEXT
  --theirs      only cdk8s-plus-28 and the floor
  --json FILE   also write all figures to FILE
  --strict      exit with 1 if a goal is missed
  --help`;

/** Cases: side, name, number of services. */
const theirs = (name, count = 0) => ['theirs', name, count];
const ours = (name, count = 0) => ['ours', name, count];

/** Construct and synth: what a case takes beyond loading the library. */
const work = (one, start) => one.cpu - start.cpu;

/** A goal compares medians of its cases. */
const GOALS = [
  {
    title: '1,000 services in one chart: less CPU than cdk8s-plus-28', unit: 'x', atLeast: 3, aim: 4,
    cases: [theirs('one-chart', 1000), theirs('require'), ours('one-chart', 1000), ours('require')], value: ([a, c, b, d]) => work(a, c) / work(b, d),
  },
  {
    title: '1,000 charts of one service: less CPU than cdk8s-plus-28', unit: 'x', atLeast: 15,
    cases: [theirs('charts', 1000), theirs('require'), ours('charts', 1000), ours('require')], value: ([a, c, b, d]) => work(a, c) / work(b, d),
  },
  {
    title: '1,000 to 3,000 services: growth of CPU', unit: 'x', atMost: 3.3,
    cases: [ours('one-chart', 1000), ours('one-chart', 3000), ours('require')], value: ([a, b, start]) => work(b, start) / work(a, start),
  },
  ...[1000, 3000].map(count => ({
    title: `${count.toLocaleString('en')} services in one chart: memory, of cdk8s-plus-28's`, unit: 'x', atMost: 1,
    cases: [theirs('one-chart', count), ours('one-chart', count)], value: ([a, b]) => b.rss / a.rss,
  })),
  {
    title: 'require(\'cdk8s-ha\'): CPU beyond require(\'cdk8s\')', unit: ' ms', atMost: 15,
    cases: [theirs('require-cdk8s'), ours('require')], value: ([a, b]) => b.cpu - a.cpu,
  },
  {
    title: 'a chain of 300 services with startAfter: CPU, of the same without', unit: 'x', atMost: 2,
    cases: [ours('connected', 300), ours('chain', 300), ours('require')], value: ([a, b, start]) => work(b, start) / work(a, start),
  },
  {
    title: 'createNamespace: CPU, of the same without (1,000 services)', unit: 'x', atMost: 1.2,
    cases: [ours('one-chart', 1000), ours('namespace', 1000), ours('require')], value: ([a, b, start]) => work(b, start) / work(a, start),
  },
  {
    title: 'all three targets: CPU, of Kubernetes alone (1,000 services)', unit: 'x', atMost: 2.2,
    cases: [ours('one-chart', 1000), ours('all-targets', 1000), ours('require')], value: ([a, b, start]) => work(b, start) / work(a, start),
  },
  {
    title: 'the report: CPU, of the same without (1,000 services)', unit: 'x', atMost: 1.3,
    cases: [ours('one-chart', 1000), ours('report', 1000), ours('require')], value: ([a, b, start]) => work(b, start) / work(a, start),
  },
];

/** Measured for the table, whatever the goals. */
const ALWAYS = [theirs('node'), theirs('require-cdk8s'), theirs('require'), theirs('floor', 1000), theirs('floor', 3000), theirs('one-chart', 3000)];

/** Above this a case is measured once. */
const LONG = 10_000;

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '3' },
    only: { type: 'string' },
    theirs: { type: 'boolean', default: false },
    json: { type: 'string' },
    strict: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (options.help) {
  console.log(HELP);
  process.exit(0);
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const title = ([side, name, count]) => `${side} ${name}${count ? ` ${count.toLocaleString('en')}` : ''}`;

/** One process; undefined: there is nothing to measure yet. */
function once([side, name, count]) {
  const script = fileURLToPath(new URL(`./${side}.mjs`, import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, name, `${count}`], { encoding: 'utf8', maxBuffer: 1 << 26 });
  if (status === NOT_BUILT) {
    console.error(stderr.trim());
    return undefined;
  }
  if (status !== 0) throw new Error(`${title([side, name, count])} failed:\n${stderr}`);
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

function measure(of, runs) {
  const results = [];
  while (results.length < runs && !(results.length > 0 && results[0].cpu > LONG)) {
    const result = once(of);
    if (!result) return undefined;
    results.push(result);
  }
  return { cpu: median(results.map(({ cpu }) => cpu)), rss: median(results.map(({ rss }) => rss)), runs: results.length };
}

const goals = GOALS.filter(goal => !options.theirs && (!options.only || goal.title.includes(options.only)));
const wanted = [...(options.only ? [] : ALWAYS), ...(options.theirs ? GOALS : goals).flatMap(({ cases }) => cases)]
  .filter(([side]) => !options.theirs || side === 'theirs');
const cases = [...new Map(wanted.map(of => [title(of), of])).values()];

const measured = new Map();
let built = true;
for (const [i, of] of cases.entries()) {
  if (of[0] === 'ours' && !built) continue;
  process.stderr.write(`[${i + 1}/${cases.length}] ${title(of)} ... `);
  // Start-up times are small, so noise weighs more.
  const result = measure(of, Number(options.runs) * (of[2] ? 1 : 3));
  process.stderr.write(result ? `${result.cpu.toFixed(0)} ms\n` : '\n');
  if (result) measured.set(title(of), result);
  else built = false;
}

console.log(`\n${'case'.padEnd(28)}${'CPU ms'.padStart(9)}${'RSS MB'.padStart(9)}${'of floor'.padStart(10)}`);
for (const of of cases.filter(one => measured.has(title(one)))) {
  const { cpu, rss } = measured.get(title(of));
  const floor = of[2] ? measured.get(title(theirs('floor', of[2]))) : undefined;
  const ratio = floor && of[1] !== 'floor' ? `${(cpu / floor.cpu).toFixed(1)}x` : '';
  console.log(`${title(of).padEnd(28)}${cpu.toFixed(0).padStart(9)}${rss.toFixed(0).padStart(9)}${ratio.padStart(10)}`);
}

let missed = 0;
if (built && goals.length > 0) console.log(`\n${'goal (construct and synth, without loading the library)'.padEnd(72)}${'wanted'.padStart(10)}${'is'.padStart(10)}`);
for (const goal of built ? goals : []) {
  const value = goal.value(goal.cases.map(of => measured.get(title(of))));
  const met = goal.atLeast === undefined ? value <= goal.atMost : value >= goal.atLeast;
  if (!met) missed++;
  const limit = goal.atLeast === undefined ? `<= ${goal.atMost}` : `>= ${goal.atLeast}`;
  const aim = goal.aim ? `, aim ${goal.aim}${goal.unit}${value >= goal.aim ? ' too' : ' not'}` : '';
  console.log(`${goal.title.padEnd(72)}${(limit + goal.unit).padStart(10)}${(value.toFixed(2) + goal.unit).padStart(10)}  ${met ? 'met' : 'missed'}${aim}`);
}
if (options.json) writeFileSync(options.json, JSON.stringify(Object.fromEntries(measured), undefined, 2) + '\n');
if (!built || (options.strict && missed > 0)) process.exit(1);
