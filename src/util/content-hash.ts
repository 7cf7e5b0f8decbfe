import { createHash } from 'node:crypto';

/**
 * What a text is told apart by in names: the first eight digits of its SHA-256.
 *
 * @internal
 */
export const contentHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);
