// Makes this package importable by its own name from the examples, as if it were installed.
import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export function linkPackage() {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const place = join(root, 'node_modules', 'cdk8s-ha');
  if (!existsSync(place)) symlinkSync('..', place, 'dir');
}
