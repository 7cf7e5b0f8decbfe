import { usersOf } from '../model/access-rule';
import type { LoadBalancerModel } from '../model/load-balancer';
import type { SecretModel } from '../model/secret';

/*
 * Names and password hashes of visitors, for load balancers that want them in their own form, in their configuration; ours
 * never holds a value. So the container writes them anew from the mounted secret, into memory, before it starts and before it
 * reloads, and the configuration takes what was written.
 */

/**
 * The form in which a load balancer wants users.
 *
 * @internal
 */
export interface UsersForm {
  /** Folder of the configuration, where the program is that writes users. */
  readonly folder: string;
  /** Folder in memory, for what it writes. */
  readonly run: string;
  /** Begins and ends the name of a user. */
  readonly quote: '"' | "'";
  /** What else no name can have, in a bracket expression of awk. */
  readonly forbidden: string;
  /** A line for a user, for awk's `printf` with the name in its quotes and the hash. */
  readonly line: string;
  /** The first line, with the name of the secret in place of `%s`; none by default. */
  readonly head?: string;
}

/** The name of the program below. */
const PROGRAM = 'users.awk';

/** One bad line must not take all routes down with it: it is told, without its text, and lets nobody in. Of two users of a name the first counts. */
function programOf({ quote, forbidden, line, head }: UsersForm): string {
  const mark = quote === '"' ? '\\"' : quote;
  return `# From lines "user:bcrypt-hash" to lines of a configuration.
BEGIN { FS = ":"${head === undefined ? '' : `; printf "${head}\\n", secret`} }
{ sub(/\\r$/, "") }
/^[ \\t]*(#.*)?$/ { next }
NF == 2 && $1 != "" && $1 !~ /[${quote}${forbidden}]/ && length($2) == 60 && $2 ~ /^\\$2[aby]\\$[0-9][0-9]\\$[.\\/A-Za-z0-9]+$/ {
  if (!seen[$1]++) printf "${line}\\n", "${mark}" $1 "${mark}", $2
  next
}
{ printf "%s, line %d: not a user and a bcrypt hash, nobody is let in by it\\n", FILENAME, FNR > "/dev/stderr" }
`;
}

/**
 * The program that writes users, by file name; none where no route asks for a password.
 *
 * @internal
 */
export const usersProgram = (loadBalancer: LoadBalancerModel, form: UsersForm): { [fileName: string]: string } =>
  secretsWithUsers(loadBalancer).length === 0 ? {} : { [PROGRAM]: programOf(form) };

/**
 * The commands that write users.
 *
 * @internal
 */
export function readUsers(loadBalancer: LoadBalancerModel, form: UsersForm): string[] {
  return secretsWithUsers(loadBalancer).map((secret) => {
    const named = form.head === undefined ? '' : ` -v secret=${secret.name}`;
    return `awk${named} -f ${form.folder}/${PROGRAM} ${secret.file} > ${usersFile(secret, form)}`;
  });
}

/**
 * Where users are written.
 *
 * @internal
 */
export const usersFile = ({ name }: SecretModel, { run }: UsersForm): string => `${run}/users-${name}`;

/**
 * The secrets with users, each once.
 *
 * @internal
 */
export function secretsWithUsers({ routes }: LoadBalancerModel): SecretModel[] {
  const secrets = routes.flatMap((route) => usersOf(route) ?? []);
  return [...new Map(secrets.map((secret) => [secret.name, secret])).values()];
}
