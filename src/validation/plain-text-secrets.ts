import * as messages from './messages';
import { looksSecret } from './syntax';
import type { ChartModel } from '../model/app-model';
import { Severity, type Finding } from '../model/finding';
import type { ContainerModel } from '../model/workload';

/*
 * Passwords that stand in a definition, and so in every file that is made of it. A finding never says the value.
 */

/**
 * What looks like one in variables and commands.
 *
 * @internal
 */
export function plainTextSecrets({ workloads }: ChartModel): Finding[] {
  return workloads.flatMap(({ path, container, sidecars, init, releaseSteps }) => [
    ...[container, ...sidecars, ...init].flatMap((one) => [...inVariables(one), ...inCommands(one)]),
    ...releaseSteps.flatMap(({ name, command }) => inWords(container.name, `release step '${name}'`, command)),
  ].map((message) => ({ rule: 'plain-text-secret', severity: Severity.WARNING, path, message })));
}

function inVariables({ name, environment }: ContainerModel): string[] {
  return Object.entries(environment).flatMap(([variable, value]) => {
    if (looksSecret(variable)) return isElsewhere(value) ? [] : [messages.plainTextSecret(name, variable)];
    return passwordsOfUrls(value).every(isElsewhere) ? [] : [messages.passwordInUrl(name, variable)];
  });
}

function inCommands({ name, command, args, healthCheck }: ContainerModel): string[] {
  return [
    ...inWords(name, 'command', command),
    ...inWords(name, 'args', args),
    ...inWords(name, 'healthCheck.command', healthCheck?.readyCommand),
    ...inWords(name, 'healthCheck.liveCommand', healthCheck?.liveCommand),
  ];
}

/** A word may be a whole script, with words of its own. */
function inWords(name: string, where: string, command: string[] = []): string[] {
  const words = command.flatMap((word) => word.replace(/["']/g, '').split(/\s+/));
  const options = words.flatMap((word, index) => {
    const [, option, value = words[index + 1]] = /^--(?!no-)([\w.-]+)(?:=(.*))?$/.exec(word) ?? [];
    const isSecret = option !== undefined && looksSecret(option.replace(/[.-]/g, '_')) && isGiven(value);
    return isSecret ? [`--${option}`] : [];
  });
  const urls = words.flatMap(passwordsOfUrls).every(isElsewhereForShells) ? [] : ['a URL'];
  return [...new Set([...options, ...urls])].map((what) => messages.passwordInCommand(name, where, what));
}

const isGiven = (value: string | undefined): boolean => value !== undefined && value !== '' && !value.startsWith('-') && !isElsewhereForShells(value);

/** What stands between the user and the host; a URL with a user alone has none. */
const passwordsOfUrls = (text: string): string[] => [...text.matchAll(/:\/\/[^\s/?#:@]*:([^\s/?#]+)@/g)].map(([, password]) => password);

/** Whether it is no value, but the path of one, or what somebody puts in its place. */
const isElsewhere = (value: string): boolean => value.startsWith('/') || /\$[({]/.test(value);

const isElsewhereForShells = (value: string): boolean => isElsewhere(value) || /\$[\w@]|`/.test(value);
