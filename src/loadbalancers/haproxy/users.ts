import { FOLDER, RUN } from './places';
import type { UsersForm } from '../users';

/** Users as a list of an haproxy.cfg. */
export const USERS: UsersForm = { folder: FOLDER, run: RUN, quote: "'", forbidden: '', line: '\\tuser %s password %s', head: 'userlist %s' };
