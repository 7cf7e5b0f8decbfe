import { show, told } from './words';

/*
 * Messages: containers.
 */

/** @internal */
export const badText = (path: string, name: string, field: string, value: unknown) =>
  `${name} cannot take ${told(value)} for ${field}: give a text${Number.isFinite(value) || typeof value === 'boolean' ? `, '${String(value)}'` : ''} [${path}]`;

/** @internal Without the value, which should not stand in a log. */
export const badConfidentialText = (path: string, name: string, field: string, value: unknown) =>
  `${name} cannot take ${typeof value} for ${field}: give a text [${path}]`;

/** @internal */
export const secretAsText = (path: string, name: string, variable: string, secret: string) =>
  `${name} cannot take the secret ${show(secret)} for environment.${variable}: give its path to a program that reads a file, or take it into secretEnvironment [${path}]`;

/** @internal */
export const nulInText = (path: string, name: string, field: string) =>
  `${name} cannot take a NUL character in ${field}: no operating system passes one on, remove it [${path}]`;

/** @internal */
export const badVariable = (path: string, name: string, variable: string) =>
  `${name} cannot have an environment variable called ${show(variable)}: use letters, digits and '_', not starting with a digit [${path}]`;

/** @internal */
export const variableTwice = (path: string, name: string, variable: string) =>
  `${name} cannot take ${variable} from both environment and secretEnvironment: remove one [${path}]`;

/** @internal */
export const notASecret = (path: string, name: string, field: string, value: unknown) => value === undefined || value === null
  ? `${name} cannot do without ${field}: declare new Secret(chart, 'name') and give that [${path}]`
  : `${name} cannot take plain text for ${field}: a value never stands in the code, declare new Secret(chart, 'name') and give that [${path}]`;

/** @internal */
export const secretTwice = (path: string, name: string, secret: string) =>
  `${name} cannot take the secret ${show(secret)} twice: remove one from secrets [${path}]`;

/** @internal */
export const plainTextSecret = (name: string, variable: string) =>
  `${name} has the plain-text variable ${variable}, which looks like a secret: declare a Secret and give its path, or use secretEnvironment`;

/** @internal */
export const passwordInUrl = (name: string, variable: string) =>
  `${name} has the plain-text variable ${variable}, whose URL holds a password: declare a Secret and use secretEnvironment, or leave the password out of the URL and give the path of its Secret`;

/** @internal */
export const passwordInCommand = (name: string, where: string, what: string) =>
  `${name} has a password in its ${where} (${what}), which every list of processes shows: declare a Secret, and give the program its path or take it from secretEnvironment`;

/** @internal */
export const secretInVariable = (name: string, variable: string, secret: string) =>
  `${name} takes secret '${secret}' into the variable ${variable}: variables show in crash dumps, child processes and 'docker inspect', prefer the file ${'`'}secret.path${'`'}`;

/** @internal */
export const relativePath = (path: string, name: string, what: string, value: unknown) =>
  `${name} cannot mount ${what} at ${show(value)}: give an absolute path such as '/data' [${path}]`;

/** @internal */
export const relativeWorkingDirectory = (path: string, name: string, value: string) =>
  `${name} cannot start in ${show(value)} (workingDirectory): give an absolute path such as '/app' [${path}]`;

/** @internal */
export const badMountPath = (path: string, name: string, what: string, value: string) =>
  `${name} cannot mount ${what} at ${show(value)}: give a path without ':', ',', white space, '//', '.' and '..' as its parts [${path}]`;

/** @internal */
export const mountHides = (path: string, name: string, what: string, value: string, hidden: string) =>
  `${name} cannot mount ${what} at ${show(value)}: it would hide ${hidden}, choose another path [${path}]`;

/** @internal */
export const relativeHostPath = (path: string, name: string, value: unknown, mount: string) =>
  `${name} cannot mount the path ${show(value)} of the host at ${show(mount)}: give an absolute path such as '/srv/data', without '..' [${path}]`;

/** @internal */
export const mountTaken = (path: string, name: string, value: string) =>
  `${name} cannot mount two things at ${show(value)}: give each a path of its own [${path}]`;

/** @internal */
export const oneVolumeForTwo = (path: string, name: string, one: string, other: string, volume: string) =>
  `${name} cannot mount ${show(one)} and ${show(other)}: both would be the volume ${show(volume)} (a name that is not given is made of the path's letters and digits); choose another path, or give a persistent one another name [${path}]`;

/** @internal */
export const volumeOtherwise = (path: string, name: string, volume: string, option: string, owner: string, there: string) =>
  `${name} cannot have the volume ${show(volume)} with ${option}, as ${owner} has it with ${there} and they share it: leave it out here, or choose another name or path [${path}]`;

/** @internal */
export const volumeOfOtherPath = (path: string, name: string, mount: string, other: string, owner: string, volume: string) =>
  `${name} cannot mount ${show(mount)} beside ${show(other)} of ${owner}: both would be the volume ${show(volume)} (its name is made of the path's letters and digits); to share it, mount it at one path, else choose another [${path}]`;

/** @internal */
export const persistentNeedsOneCopy = (path: string, name: string, mount: string, copies: number) =>
  `${name} cannot have the persistent volume ${show(mount)} with ${copies} copies: use a StatefulService, where each copy has its own disk, or a SharedVolume [${path}]`;

/** @internal */
export const adoptedNeedsOneCopy = (path: string, name: string, mount: string, volume: string, copies: number, hasOwnDisks: boolean) =>
  `${name} cannot adopt the volume ${show(volume)} at ${show(mount)} with ${copies} copies, as it is the disk of one: give it 1 copy, or`
  + ` ${hasOwnDisks ? 'leave existingName out for new disks, one for each copy' : 'a SharedVolume with that existingName'} [${path}]`;

/** @internal */
export const sharedVolumeInOtherChart = (path: string, name: string, volume: string, chart: string) =>
  `${name} cannot mount the shared volume '${volume}' of chart '${chart}': a volume belongs to one chart, declare a SharedVolume in its own, or ${name} in '${chart}' [${path}]`;

/** @internal */
export const fileUnreadable = (path: string, name: string, file: string, reason: string) =>
  `${name} cannot mount the file ${show(file)}: ${reason}, paths are relative to the working directory of synth [${path}]`;

/** @internal */
export const badHealthPath = (path: string, name: string, value: unknown) =>
  `${name} cannot ask its health at ${show(value)}: give a path that starts with '/', such as '/healthz' [${path}]`;

/** @internal */
export const healthCheckOverUdp = (path: string, name: string, port: number) =>
  `${name} cannot be asked for its health on port ${port}, which it has over UDP alone: give the check a port that takes TCP ('port'), or use HealthCheck.command [${path}]`;

/** @internal */
export const restartOfNobody = (path: string, name: string, seconds: number, live: string) =>
  `${name} cannot be restarted ${seconds} s after it hangs (restartAfter), as nothing says that it does: give ${live} too, or leave restartAfter out [${path}]`;

/** @internal */
export const noProgram = (path: string, name: string, field: string) =>
  `${name} cannot run '' (${field}): begin the list with a program, such as ['pg_isready'] [${path}]`;

/** @internal */
export const healthCheckWithoutPort = (path: string, name: string, kind: string) =>
  `${name} cannot have a health check by ${kind}: it has no port, give the check one ('port') or use HealthCheck.command [${path}]`;

/** @internal */
export const healthCheckTiming = (path: string, name: string, timeout: number, interval: number) =>
  `${name} cannot have a health check with timeout ${timeout} s above its interval ${interval} s: raise the interval or lower the timeout [${path}]`;

/** @internal */
export const noHealthCheck = (name: string) =>
  `${name} has no health check: a copy gets traffic before it is ready and keeps it when it is ill, add healthCheck`;

/** @internal */
export const badUser = (path: string, name: string, prop: string, value: unknown) =>
  `${name} cannot run with ${prop} ${show(value)}: give a number from 1, or Security.startsAsRoot() for an image that starts as root [${path}]`;

/** @internal */
export const badCpu = (path: string, name: string, prop: string, millis: unknown, least: number) =>
  `${name} cannot take ${show(millis)} thousandths of a core for ${prop}: give a whole number of them from ${least}, such as Cpu.millis(250) [${path}]`;

/** @internal */
export const tooLittleMemory = (path: string, name: string, prop: string, mebibytes: number, least: number) =>
  `${name} cannot run with resources.${prop} ${mebibytes} MiB: give ${least} MiB or more, the least that Docker takes [${path}]`;

/** @internal */
export const limitBelowRequest = (path: string, name: string, prop: string, request: string, limit: string) =>
  `${name} cannot have resources.${prop}Limit ${limit} below the ${request} that a copy sets aside: raise it, or lower resources.${prop} [${path}]`;

/** @internal */
export const badSize = (path: string, name: string, prop: string, mebibytes: number) =>
  `${name} cannot take ${mebibytes} MiB for ${prop}: give whole mebibytes, such as Size.mebibytes(512) [${path}]`;

/** @internal */
export const badAdopted = (path: string, name: string, value: unknown) =>
  `${name} cannot adopt the volume ${show(value)} (existingName): give the name of one that exists, of letters, digits, '_', '.' and '-', or leave it out for a new one [${path}]`;

/** @internal */
export const badVolumeName = (path: string, name: string, mount: string, value: unknown) =>
  `${name} cannot have a volume called ${show(value)} at ${show(mount)}: give it a name of lower-case letters, digits and '-', Volume.persistent(${show(mount)}, { name: 'data' }) [${path}]`;

/** @internal */
export const nfsPathAlone = (path: string, name: string, value: string) =>
  `${name} cannot be the path ${show(value)} of no NFS server: give nfsServer too, or leave nfsPath out [${path}]`;

/** @internal */
export const badNfsServer = (path: string, name: string, value: unknown) =>
  `${name} cannot be on the NFS server ${show(value)}: give a host name or an address, such as 'nas.acme.example' [${path}]`;

/** @internal */
export const badNfsPath = (path: string, name: string, value: unknown) =>
  `${name} cannot be the path ${show(value)} of an NFS server: give an absolute one, such as '/export/uploads' [${path}]`;

/** @internal */
export const emptyVolume = (path: string, name: string) =>
  `${name} cannot be a volume of size 0: give a Size of 1 MiB or more [${path}]`;

/** @internal */
export const largeId = (path: string, name: string, prop: string, value: number, most: number) =>
  `${name} cannot run with ${prop} ${value}: give a number up to ${most} [${path}]`;

/** @internal */
export const badStopSignal = (path: string, name: string, value: unknown) =>
  `${name} cannot be stopped by ${show(value)}: give the name of a signal that a program can wait for, such as 'SIGQUIT' [${path}]`;

/** @internal */
export const jobWithoutCommand = (path: string, name: string) =>
  `${name} cannot run by the clock without a command: give 'command', since on Docker the clock starts it in the job's own container [${path}]`;

/** @internal */
export const badSchedule = (path: string, name: string, reason: string) =>
  `${name} cannot run by the clock: ${reason}, write five fields such as '15 3 * * *' [${path}]`;

/** @internal */
export const badTimeZone = (path: string, name: string, value: unknown) =>
  `${name} cannot run in the time zone ${show(value)}: give an IANA name such as 'Europe/Berlin' [${path}]`;

/** @internal */
export const otherTimeZoneName = (path: string, name: string, value: string, known: string) =>
  `${name} cannot run in the time zone ${show(value)}, which no host knows by that name: write ${show(known)} [${path}]`;

/** @internal */
export const onlyNowhere = (path: string, name: string) =>
  `${name} cannot run nowhere: onlyOn is empty, name targets such as 'kubernetes' or leave it out for all [${path}]`;

/** @internal */
export const unknownTarget = (path: string, name: string, value: string, known: string) =>
  `${name} cannot run only on ${show(value)}: the targets of this app are ${known} [${path}]`;

/** @internal */
export const badSecretVersion = (path: string, name: string, value: unknown): string =>
  `${name} cannot have the version ${JSON.stringify(value)}: it becomes a part of names, so give small letters, digits and '-', such as '2' or '2026-11' [${path}]`;
