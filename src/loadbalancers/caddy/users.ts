import { FOLDER, RUN } from './places';
import type { UsersForm } from '../users';

/** Users as lines of a Caddyfile. */
export const USERS: UsersForm = { folder: FOLDER, run: RUN, quote: '"', forbidden: '{}\\\\', line: '%s %s' };
