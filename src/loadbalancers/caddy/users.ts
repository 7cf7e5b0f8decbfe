import { FOLDER, RUN } from './places';
import { usersOf } from '../../model/access-rule';
import type { LoadBalancerModel } from '../../model/load-balancer';
import type { SecretModel } from '../../model/secret';

/*
 * Names and password hashes of visitors. Caddy wants them in its own form, in its configuration; ours never holds a value.
 * So the container writes them anew from the mounted secret, into memory, before Caddy starts and before it reloads, and the
 * configuration imports what was written.
 */

/** The name of the program below. */
const PROGRAM = 'users.awk';

/** One bad line must not take all routes down with it: it is told, without its text, and lets nobody in. */
const TO_CADDYFILE = `# From lines "user:bcrypt-hash" to lines of a Caddyfile.
BEGIN { FS = ":" }
{ sub(/\\r$/, "") }
/^[ \\t]*(#.*)?$/ { next }
NF == 2 && $1 !~ /["{}\\\\]/ && length($2) == 60 && $2 ~ /^\\$2[aby]\\$[0-9][0-9]\\$[.\\/A-Za-z0-9]+$/ { printf "\\"%s\\" %s\\n", $1, $2; next }
{ printf "%s, line %d: not a user and a bcrypt hash, nobody is let in by it\\n", FILENAME, FNR > "/dev/stderr" }
`;

/**
 * The program that turns users into lines of a Caddyfile, by file name; none where no route asks for a password.
 *
 * @internal
 */
export const usersProgram = (loadBalancer: LoadBalancerModel): { [fileName: string]: string } =>
  secretsWithUsers(loadBalancer).length === 0 ? {} : { [PROGRAM]: TO_CADDYFILE };

/**
 * The commands that read users, before Caddy starts and before it reloads.
 *
 * @internal
 */
export function readUsers(loadBalancer: LoadBalancerModel): string[] {
  return secretsWithUsers(loadBalancer).map((secret) => `awk -f ${FOLDER}/${PROGRAM} ${secret.file} > ${usersFile(secret)}`);
}

/**
 * Where the lines for Caddy are.
 *
 * @internal
 */
export const usersFile = ({ name }: SecretModel): string => `${RUN}/users-${name}`;

function secretsWithUsers({ routes }: LoadBalancerModel): SecretModel[] {
  const secrets = routes.flatMap((route) => usersOf(route) ?? []);
  return [...new Map(secrets.map((secret) => [secret.name, secret])).values()];
}
