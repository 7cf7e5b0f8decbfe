import type { AppModel } from '../../model/app-model';
import { Severity, type Finding } from '../../model/finding';
import { Guarantee } from '../../model/guarantee';
import * as messages from '../../validation/messages';
import type { Target } from '../target';
import { collectAnswers } from './answers';

/** What `strict` holds: isolation, encryption, availability and storage. */
const HELD = new Set([
  Guarantee.COPY_CRASH, Guarantee.COPY_HANG, Guarantee.NODE_LOSS, Guarantee.ZONE_LOSS, Guarantee.PLANNED_DISRUPTION, Guarantee.ROLLING_UPDATE,
  Guarantee.HEALTH_GATED_INGRESS, Guarantee.HEALTH_GATED_CALLS, Guarantee.INGRESS_ISOLATION, Guarantee.EGRESS_ISOLATION,
  Guarantee.DECLARED_PORTS_ONLY, Guarantee.DIRECTION, Guarantee.ENCRYPTION_AT_EDGE, Guarantee.ENCRYPTION_BETWEEN_NODES,
  Guarantee.CERTIFICATE_RENEWAL, Guarantee.STORAGE_SURVIVES_RESTART, Guarantee.STORAGE_SURVIVES_NODE_LOSS, Guarantee.BACKUP,
]);

/**
 * For a strict target: an error for each held guarantee that is not kept and not accepted.
 *
 * @internal
 */
export function strictFindings(target: Target, app: AppModel): Finding[] {
  if (!target.strict) return [];
  return collectAnswers([{ target, app }]).flatMap(({ path, name, answers }) => answers
    .filter(({ guarantee, answer, accepted }) => !answer.kept && accepted === undefined && HELD.has(guarantee))
    .map(({ guarantee, answer }) => ({
      rule: 'strict',
      severity: Severity.ERROR,
      path,
      message: `${target.name} cannot keep ${guarantee} of ${name}, which is ${answer.level}: ${answer.reason}`
        + ` — mend it, or accept it: Acceptance.at(Guarantee.${guarantee.toUpperCase().replace(/-/g, '_')}, '${path}', 'why') [${path}]`,
    })));
}

/**
 * An acceptance that nothing needs is a slip of the pen, or was for something that is mended by now.
 *
 * @internal
 */
export function acceptanceFindings(target: Target, app: AppModel): Finding[] {
  if (target.accepts.length === 0) return [];
  const answers = collectAnswers([{ target, app }]).flatMap((construct) => construct.answers);
  const used = new Set(answers.map(({ agreed }) => agreed));
  return target.accepts.filter((accepted) => !used.has(accepted)).map(({ guarantee, path }) => ({
    rule: 'useless-acceptance',
    severity: Severity.WARNING,
    path: path ?? '',
    message: messages.uselessAcceptance(target.name, guarantee, path),
  }));
}
