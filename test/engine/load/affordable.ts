/** How much load a machine can carry that also runs what is loaded. */

import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_RATE, LoadOptions, underLoad } from './load';

/** The rest is for what a deployment does: programs that start, images that are looked at, health checks. */
const MOST_BUSY = 0.6;
const LEAST_RATE = DEFAULT_RATE / 4;

/** By application, and by what it is asked for. */
const measured = new WeakMap<object, Map<string, number>>();

/**
 * Requests a second under which processors are left for something to happen: 500, or a half or a quarter of it. More than a machine can carry
 * waits in ever longer queues until time-outs end it, whatever was deployed meanwhile. Measured when it is first asked for.
 */
export async function affordableRate(application: object, options: LoadOptions): Promise<number> {
  const rates = measured.get(application) ?? new Map<string, number>();
  measured.set(application, rates);
  const rate = rates.get(options.url) ?? await measure(options);
  rates.set(options.url, rate);
  return rate;
}

async function measure(options: LoadOptions): Promise<number> {
  for (let rate = DEFAULT_RATE; rate > LEAST_RATE; rate /= 2) {
    if (await busyUnder({ ...options, rate }) <= MOST_BUSY) return rate;
  }
  return LEAST_RATE;
}

/** Share of the processors' time that is not idle. What others take of a virtual machine's time is not idle either. */
async function busyUnder(options: LoadOptions): Promise<number> {
  let busy = 0;
  await underLoad({ ...options, settle: 0 }, async () => {
    const [began, idleBefore] = [performance.now(), idleTime()];
    await sleep(2_000);
    busy = 1 - (idleTime() - idleBefore) / ((performance.now() - began) * cpus().length);
  });
  return busy;
}

/** Milliseconds of all processors together. */
function idleTime(): number {
  return cpus().reduce((sum, { times: { idle } }) => sum + idle, 0);
}
