import { Severity, type Finding } from '../../model/finding';

/** @internal Something that will hurt one day. */
export function warning(rule: string, path: string, message: string): Finding {
  return { rule, severity: Severity.WARNING, path, message: `${message} [${path}]` };
}

/** @internal Something that must be mended first. */
export function error(rule: string, path: string, message: string): Finding {
  return { rule, severity: Severity.ERROR, path, message: `${message} [${path}]` };
}
