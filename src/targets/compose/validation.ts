import type { AppModel } from '../../model/app-model';
import type { Finding } from '../../model/finding';
import type { Neighbours } from './neighbours';

/** @internal */
export function composeFindings(_app: AppModel, _neighbours: Neighbours, _pool: string | undefined): Finding[] {
  return [];
}
