import type { AppModel } from '../../model/app-model';
import type { Finding } from '../../model/finding';
import type { SwarmOptions } from './options';

/** @internal */
export function swarmFindings(_app: AppModel, _options: SwarmOptions): Finding[] { return []; }
