import type { AllAnswers, Answer } from '../../model/answer';
import type { ChartModel } from '../../model/app-model';
import { Guarantee, Level } from '../../model/guarantee';
import type { Acceptance, RenderedTarget, Target } from '../target';

/*
 * What every target says about every guarantee of every construct, asked once.
 */

/**
 * One target's answer to one guarantee of one construct.
 *
 * @internal
 */
export interface Answered {
  readonly target: Target;
  readonly guarantee: Guarantee;
  readonly answer: Answer;
  /** What it was agreed by that the guarantee may be weaker. */
  readonly agreed?: Acceptance;
  /** Why it was agreed. */
  readonly accepted?: string;
}

/**
 * A construct and all that was answered for it.
 *
 * @internal
 */
export interface AnsweredConstruct {
  readonly kind: 'workload' | 'network' | 'load balancer';
  readonly path: string;
  readonly name: string;
  readonly answers: Answered[];
}

/**
 * All answers of all targets, by construct.
 *
 * @internal
 */
export function collectAnswers(rendered: RenderedTarget[]): AnsweredConstruct[] {
  const constructs = new Map<string, AnsweredConstruct>();
  for (const { target, app } of rendered) {
    const add = (kind: AnsweredConstruct['kind'], { path, name }: { path: string; name: string }, answers: Partial<AllAnswers>) => {
      const construct = constructs.get(path) ?? { kind, path, name, answers: [] };
      constructs.set(path, construct);
      for (const field in answers) {
        const guarantee = guaranteeOf(field);
        const answer = answers[field as keyof AllAnswers]!;
        const agreed = answer.kept || target.accepts.length === 0 ? undefined : acceptance(target, guarantee, path);
        construct.answers.push({ target, guarantee, answer, agreed, accepted: agreed?.reason });
      }
    };
    for (const chart of app.charts) addChart(chart, target, add);
  }
  return [...constructs.values()].sort((a, b) => a.path < b.path ? -1 : 1);
}

function addChart(
  chart: ChartModel, target: Target,
  add: (kind: AnsweredConstruct['kind'], construct: { path: string; name: string }, answers: Partial<AllAnswers>) => void,
): void {
  for (const workload of chart.workloads) add('workload', workload, target.answerWorkload(workload, chart));
  for (const network of chart.networks) add('network', network, target.answerNetwork(network, chart));
  for (const balancer of chart.loadBalancers) add('load balancer', balancer, target.answerLoadBalancer(balancer, chart));
}

/**
 * How much weaker a guarantee is than declared, from worst.
 *
 * @internal
 */
export const NOT_KEPT = [Level.DROPPED, Level.DEGRADED];

/** A field of the answers is its guarantee in camel case. */
function guaranteeOf(field: string): Guarantee {
  let guarantee = GUARANTEES.get(field);
  if (guarantee === undefined) {
    guarantee = field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`) as Guarantee;
    GUARANTEES.set(field, guarantee);
  }
  return guarantee;
}

const GUARANTEES = new Map<string, Guarantee>();

function acceptance(target: Target, guarantee: Guarantee, path: string): Acceptance | undefined {
  return target.accepts.find((accepted) => accepted.guarantee === guarantee
    && (accepted.path === undefined || accepted.path === path || path.startsWith(`${accepted.path}/`)));
}
