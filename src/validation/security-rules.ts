import * as messages from './messages';
import type { ChartModel } from '../model/app-model';
import { Severity, type Finding } from '../model/finding';
import { SecurityLevel, type Security } from '../model/security';

/**
 * What containers give up of the restricted runtime: one finding for each choice, since each opens something of its own.
 * All targets have the same fields for it, so that the same is lost on each.
 *
 * @internal
 */
export function securityOptOuts({ workloads }: ChartModel): Finding[] {
  return workloads.flatMap(({ path, container, sidecars, init }) => [container, ...sidecars, ...init]
    .flatMap(({ name, security }) => optOuts(name, security).map(([rule, message]) => ({ rule, severity: Severity.WARNING, path, message }))));
}

function optOuts(name: string, { level, writableRoot, bindLowPorts, reason }: Security): [rule: string, message: string][] {
  switch (level) {
    // It includes the others.
    case SecurityLevel.UNRESTRICTED: return [['unrestricted', messages.unrestricted(name, reason!)]];
    case SecurityLevel.STARTS_AS_ROOT: return [['starts-as-root', messages.startsAsRoot(name)]];
    case SecurityLevel.RESTRICTED: return [
      ...writableRoot ? [['writable-root', messages.writableRoot(name)] as [string, string]] : [],
      ...bindLowPorts ? [['binds-low-ports', messages.bindsLowPorts(name)] as [string, string]] : [],
    ];
  }
}
