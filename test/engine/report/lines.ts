/** Lines of an example's report that an engine can confirm or refute. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TRIED, type Measurement, type Outcome, type Said } from './measured';

/** What the engine can do in minutes. A run of a job that hangs ends at its timeout, which is an hour. */
const TAKES_TOO_LONG = ['copy-hang of report'];

/** What one host cannot show. */
const ON_SEVERAL_HOSTS = /^Swarm may start a copy on another host/;

/** Tests each line; in the report that is expected of the example, which is the one that it writes. */
export function testEachLine(example: string, target: string, measurement: () => Measurement | Promise<Measurement>): void {
  describe('what the report says is what the engine does', () => {
    test.each(saidBy(example, target))('$guarantee of $construct is $level: $reason', async (said) => {
      expect(await (await measurement()).outcomeOf(said)).toEqual(promisedBy(said));
    }, 300_000);
  });
}

function saidBy(example: string, target: string): Said[] {
  const lines: Said[] = [];
  const report = readFileSync(join(__dirname, '..', '..', '..', 'examples', example, 'expected', 'report', 'report.json'), 'utf8');
  for (const { constructs, guarantees } of JSON.parse(report).answers) {
    for (const { path } of constructs) {
      for (const { target: of, guarantee, level, reason } of guarantees) {
        if (of === target && level !== 'not-needed') lines.push({ construct: path.split('/').pop(), guarantee, level, reason });
      }
    }
  }
  return lines.filter(({ construct, guarantee, reason }) =>
    TRIED.includes(guarantee) && !TAKES_TOO_LONG.includes(`${guarantee} of ${construct}`) && !ON_SEVERAL_HOSTS.test(reason));
}

/** A guarantee holds or not, and where a reason names those of whom it does not, for these alone. */
function promisedBy({ level, reason }: Said): Outcome {
  const [, list] = /^the names of (.*?) (?:resolve|lead) /.exec(reason) ?? [];
  return { holds: level === 'native' || level === 'emulated', except: list?.split(/, | and /) ?? [] };
}
