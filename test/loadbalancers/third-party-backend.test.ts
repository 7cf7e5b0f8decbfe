import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { backendContract } from './contract';
import { PlainNginx } from './third-party-backend';

backendContract(new PlainNginx(), [
  { reason: 'it knows no certificates', tests: ['has one port for HTTP, and then one for HTTPS if somebody issues certificates'] },
]);

test('a back end of a third party is one short file', () => {
  expect(readFileSync(join(__dirname, 'third-party-backend.ts'), 'utf8').split('\n').length).toBeLessThan(60);
});
