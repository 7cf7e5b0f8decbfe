import type { Answered, AnsweredConstruct } from './answers';
import type { Facts } from './facts';

/**
 * The report for programs. `version` rises when the meaning of a field changes. Constructs with the same answers stand
 * together.
 *
 * @internal
 */
export function reportJson(facts: Facts): string {
  return `${JSON.stringify({
    version: 1,
    targets: facts.targets,
    answers: groups(facts.constructs).map(({ constructs, answers }) => ({
      constructs: constructs.map(({ kind, path }) => ({ kind, path })),
      guarantees: answers.map(({ target, guarantee, answer, accepted }) => ({
        target: target.name, guarantee, level: answer.level, reason: answer.reason, condition: answer.condition, accepted,
      })),
    })),
    withoutEgress: facts.withoutEgress,
    databases: facts.databases,
    findings: facts.findings,
    patched: facts.patched,
  }, undefined, 2)}\n`;
}

/**
 * Constructs with the same answers.
 *
 * @internal
 */
export interface AnswerGroup {
  readonly constructs: AnsweredConstruct[];
  readonly answers: Answered[];
}

/** @internal */
export function groups(constructs: AnsweredConstruct[]): AnswerGroup[] {
  const bySignature = new Map<string, AnswerGroup>();
  for (const construct of constructs) {
    const signature = construct.answers
      .map(({ target, guarantee, answer, accepted = '' }) => `${target.name} ${guarantee} ${answer.level} ${answer.reason} ${answer.condition} ${accepted}`).join('\n');
    const group = bySignature.get(signature);
    if (group === undefined) bySignature.set(signature, { constructs: [construct], answers: construct.answers });
    else group.constructs.push(construct);
  }
  return [...bySignature.values()];
}
