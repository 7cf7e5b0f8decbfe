import type { AppModel } from '../../model/app-model';
import type { Finding } from '../../model/finding';
import type { Target } from '../target';

/** @internal */
export function strictFindings(_target: Target, _app: AppModel): Finding[] {
  return [];
}
