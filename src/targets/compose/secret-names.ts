import type { SecretModel } from '../../model/secret';
import type { ContainerModel } from '../../model/workload';
import { compare } from '../../util/order';

/*
 * What a secret and its value are called.
 */

/**
 * The key of a secret in the section `secrets`: another value is another secret, so that copies are replaced.
 *
 * @internal
 */
export const secretKey = ({ name, version }: SecretModel): string => version === undefined ? name : `${name}-${version}`;

/**
 * Name of the file with a secret's value.
 *
 * @internal
 */
export const secretFileName = ({ name, version }: SecretModel): string => version === undefined ? name : `${name}.${version}`;

/**
 * The field `secrets` of a service; without a target a secret appears under its own name in `/run/secrets`.
 *
 * @internal
 */
export function secretsField({ secrets }: ContainerModel): any[] | undefined {
  if (secrets.length === 0) return undefined;
  return [...secrets].sort((a, b) => compare(a.name, b.name))
    .map((secret) => secret.version === undefined ? secret.name : { source: secretKey(secret), target: secret.name });
}
