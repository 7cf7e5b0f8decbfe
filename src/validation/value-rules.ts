import * as messages from './messages';
import type { ChartModel } from '../model/app-model';
import { Severity, type Finding } from '../model/finding';
import { containersOf, PeerKind, type WorkloadModel } from '../model/workload';

/*
 * What stands in variables, commands and arguments, and was not meant so: programs find out when they run.
 */

/**
 * A variable that leads to a workload which its own does not reach.
 *
 * @internal
 */
export function calleesNotConnected(chart: ChartModel): Finding[] {
  const byName = new Map(chart.workloads.filter(({ ports }) => ports.length > 0).map((workload) => [workload.name, workload]));
  return chart.workloads.filter(({ networkMode }) => networkMode === undefined).flatMap((workload) => containersOf(workload)
    .flatMap(({ name, environment }) => Object.entries(environment).flatMap(([variable, value]) => calleesIn(variable, value, byName)
      .filter((callee) => callee !== workload && !reaches(workload, callee))
      .map((callee) => warning('callee-not-connected', workload, messages.calleeNotConnected(name, workload.name, variable, value, callee.name))))));
}

/** Who stands there as the host of an address, or alone where a host is asked for. A workload may be called like any word. */
function calleesIn(variable: string, value: string, byName: Map<string, WorkloadModel>): WorkloadModel[] {
  const called = (host: string) => byName.get(host) ?? byName.get(host.replace(/-\d+$/, ''));
  const alone = called(value);
  if (alone !== undefined) return ASKS_FOR_HOST.test(variable) ? [alone] : [];
  return [...new Set([...value.matchAll(HOST_OF_ADDRESS)].flatMap(([whole, host, port]) => {
    const callee = called(host);
    const isMeant = port === undefined ? /:\/\/|@/.test(whole) : callee?.ports.some(({ number }) => number === Number(port));
    return callee !== undefined && isMeant ? [callee] : [];
  }))];
}

const ASKS_FOR_HOST = /(^|_)(HOST|HOSTNAME|HOSTS|SERVER|ADDR|ADDRESS)$/i;
const HOST_OF_ADDRESS = /(?:^|:\/\/|@|,)([a-z][a-z0-9-]*)(?::(\d+))?(?=[/,?]|$)/g;

function reaches({ callees, attachments }: WorkloadModel, { chart, name, attachments: theirs }: WorkloadModel): boolean {
  return callees.some(({ to }) => to.kind === PeerKind.WORKLOAD && to.chart === chart && to.name === name)
    || attachments.some(({ network }) => !network.connectedOnly && theirs.some((one) => one.network === network));
}

/**
 * What a template makes of something that is not set, or that is no text.
 *
 * @internal
 */
export function unsetInTexts(chart: ChartModel): Finding[] {
  return textsWith(/undefined|NaN|\[object /, chart).flatMap(([workload, container, where, text]) => {
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
  const cures = new Map([
    ...chart.secrets.map(({ path }): [string, string] => [path, "mount it with 'secrets' and give its file, or take 'secretEnvironment'"]),
    ...chart.workloads.map(({ path, name }): [string, string] => [path, `write its 'hostname', which is '${name}', or its 'address'`]),
  ]);
  return textsWith(/\//, chart).flatMap(([workload, container, where, text]) => pathsIn(text).filter((path) => cures.has(path))
    .map((path) => warning('construct-in-text', workload, messages.constructInText(container, where, text, path, cures.get(path)!))));
}

/** Paths that stand for themselves, not as the end of a longer one, and all that they begin with. */
function pathsIn(text: string): string[] {
  return [...text.matchAll(/(?:^|[:@=,\s"']|:\/\/)([\w-]+(?:\/[\w-]+)+)(?=$|[:/,?@&\s"'])/g)].flatMap(([, path]) => {
    const parts = path.split('/');
    return parts.slice(1).map((_, index) => parts.slice(0, index + 2).join('/'));
  });
}

/** Variables and words of commands in which something stands; most have nothing of the kind. */
function textsWith(what: RegExp, chart: ChartModel): [workload: WorkloadModel, container: string, where: string, text: string][] {
  const found: [WorkloadModel, string, string, string][] = [];
  for (const workload of chart.workloads) {
    for (const { name, environment, command = [], args = [] } of containersOf(workload)) {
      for (const variable in environment) if (what.test(environment[variable])) found.push([workload, name, `variable ${variable}`, environment[variable]]);
      for (const word of [...command, ...args]) if (what.test(word)) found.push([workload, name, 'command', word]);
    }
  }
  return found;
}

const warning = (rule: string, { path }: WorkloadModel, message: string): Finding => ({ rule, severity: Severity.WARNING, path, message });
