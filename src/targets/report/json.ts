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
    remarks: facts.remarks,
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
  let found = GROUPS.get(constructs);
  if (found === undefined) GROUPS.set(constructs, found = findGroups(constructs));
  return found;
}

/** Both forms of the report ask. */
const GROUPS = new WeakMap<AnsweredConstruct[], AnswerGroup[]>();

function findGroups(constructs: AnsweredConstruct[]): AnswerGroup[] {
  const bySignature = new Map<string, AnswerGroup>();
  for (const construct of constructs) {
    const signature = signatureOf(construct.answers);
    const group = bySignature.get(signature);
    if (group === undefined) bySignature.set(signature, { constructs: [construct], answers: construct.answers });
    else group.constructs.push(construct);
  }
  return [...bySignature.values()];
}

/** What all the answers say, in one text. */
function signatureOf(answers: Answered[]): string {
  let signature = '';
  for (const { target, guarantee, answer: { level, reason, condition }, accepted = '' } of answers) {
    signature += `${target.name} ${guarantee} ${level} ${reason} ${condition} ${accepted}\n`;
  }
  return signature;
}
