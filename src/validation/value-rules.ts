import * as messages from './messages';
import type { ChartModel } from '../model/app-model';
import { Severity, type Finding } from '../model/finding';
import { PeerKind, type ContainerModel, type WorkloadModel } from '../model/workload';

/*
 * What stands in variables, commands and arguments, and was not meant so: programs find out when they run.
 */

/**
 * A variable that leads to a workload which its own does not reach.
 *
 * @internal
 */
export function calleesNotConnected(chart: ChartModel): Finding[] {
  return chart.workloads.filter(({ networkMode }) => networkMode === undefined).flatMap((workload) => {
    const unreached = chart.workloads.filter((other) => other !== workload && other.ports.length > 0 && !reaches(workload, other));
    if (unreached.length === 0) return [];
    return containersOf(workload).flatMap(({ name, environment }) => Object.entries(environment).flatMap(([variable, value]) => unreached
      .filter((other) => leadsTo(other, variable, value))
      .map((other) => warning('callee-not-connected', workload, messages.calleeNotConnected(name, workload.name, variable, value, other.name)))));
  });
}

function reaches({ callees, attachments }: WorkloadModel, { chart, name, attachments: theirs }: WorkloadModel): boolean {
  return callees.some(({ to }) => to.kind === PeerKind.WORKLOAD && to.chart === chart && to.name === name)
    || attachments.some(({ network }) => !network.connectedOnly && theirs.some((one) => one.network === network));
}

/** Its host name alone, where a host is asked for, or as the host of an address. A workload may be called like any word. */
function leadsTo({ name, ports }: WorkloadModel, variable: string, value: string): boolean {
  if (value === name || isCopyOf(name, value)) return /(^|_)(HOST|HOSTNAME|HOSTS|SERVER|ADDR|ADDRESS)$/i.test(variable);
  return [...value.matchAll(/(?:^|:\/\/|@|,)([a-z][a-z0-9-]*)(?::(\d+))?(?=[/,?]|$)/g)].some(([whole, host, port]) =>
    (host === name || isCopyOf(name, host)) && (port === undefined ? /:\/\/|@/.test(whole) : ports.some(({ number }) => number === Number(port))));
}

const isCopyOf = (name: string, host: string): boolean => host.startsWith(`${name}-`) && /^\d+$/.test(host.slice(name.length + 1));

/**
 * What a template makes of something that is not set, or that is no text.
 *
 * @internal
 */
export function unsetInTexts(chart: ChartModel): Finding[] {
  return everyText(chart).flatMap(([workload, container, where, text]) => {
    const [unset] = UNSET.exec(text) ?? [];
    return unset === undefined ? [] : [warning('unset-in-text', workload, messages.unsetInText(container, where, text, unset))];
  });
}

/** Between the signs that divide addresses and options, and not as a word of a program's text. */
const UNSET = /(?<=^|[=/:@,])(?:undefined|NaN)(?=$|[/:@,&?.])|\[object [A-Z]\w*\]/;

/**
 * Constructs in a template: their text is their path in the tree.
 *
 * @internal
 */
export function constructsInTexts(chart: ChartModel): Finding[] {
  const constructs = [
    ...chart.secrets.map(({ path }) => [path, "mount it with 'secrets' and give its file, or take 'secretEnvironment'"]),
    ...chart.workloads.map(({ path, name }) => [path, `write its 'hostname', which is '${name}', or its 'address'`]),
  ];
  return everyText(chart).filter(([, , , text]) => text.includes('/')).flatMap(([workload, container, where, text]) => constructs
    .filter(([path]) => isInText(path, text))
    .map(([path, cure]) => warning('construct-in-text', workload, messages.constructInText(container, where, text, path, cure))));
}

/** As a value of its own, and not as a part of a longer path. */
function isInText(path: string, text: string): boolean {
  const at = text.indexOf(path);
  return at >= 0 && /(?:^|[:@=,\s"']|:\/\/)$/.test(text.slice(0, at)) && /^(?:$|[:/,?@&\s"'])/.test(text.slice(at + path.length));
}

function everyText(chart: ChartModel): [workload: WorkloadModel, container: string, where: string, text: string][] {
  return chart.workloads.flatMap((workload) => containersOf(workload).flatMap(({ name, environment, command = [], args = [] }) => [
    ...Object.entries(environment).map(([variable, value]): [WorkloadModel, string, string, string] => [workload, name, `variable ${variable}`, value]),
    ...[...command, ...args].map((text): [WorkloadModel, string, string, string] => [workload, name, 'command', text]),
  ]));
}

const containersOf = ({ container, sidecars, init }: WorkloadModel): ContainerModel[] => [container, ...sidecars, ...init];

const warning = (rule: string, { path }: WorkloadModel, message: string): Finding => ({ rule, severity: Severity.WARNING, path, message });
