import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCases } from './cases';
import { backendContract } from './contract';
import { loadBalancer, NAMED, RESOLVED, type ShortLoadBalancer } from './models';
import { writeNginx } from './running-nginx';
import { LoadBalancerBackend } from '../../src/loadbalancers/load-balancer-backend';
import { LOOPBACK } from '../../src/loadbalancers/nginx/places';
import { IssuerKind } from '../../src/model/certificate';
import { word } from '../../src/util/nginx-conf';
import { expectNoProblems } from '../support/problem';
import { nginxTest, testWith } from '../support/tools';

const nginx = LoadBalancerBackend.nginx();
const lower = (short: ShortLoadBalancer, traits = NAMED) => nginx.lower(loadBalancer(short), traits);
const WEB = { web: { health: '/healthz' } };
/** Cases that nginx refuses, and how the message begins. */
const REFUSED: { [name: string]: string } = {
  'certificates from an authority': "'edge' cannot get a certificate for 'shop.acme.example' from 'letsencrypt'",
  'redirects and ports': "'edge' cannot get a certificate for '*.acme.example' from 'local'",
  'several issuers': "'edge' cannot get a certificate for 'company.acme.example' from 'company'",
  'significant characters': "'edge' cannot match the method \"!#$%&\"",
};

backendContract(nginx, [{ reason: 'nginx finds copies by one name, never by that of a container', tests: ['takes the name of the project from the environment'] }]);

describe('case', () => {
  for (const one of readCases()) {
    const configuration = () => nginx.lower(one.loadBalancer, one.traits).configuration['nginx.conf'];

    if (one.name in REFUSED) {
      test(`${one.name} is refused`, () => {
        expect(configuration).toThrow(REFUSED[one.name]);
        expect(one.expected('nginx.conf')).toBe('');
      });
      continue;
    }

    test(one.name, () => {
      if (process.env.UPDATE_GOLDENS) one.write('nginx.conf', configuration());
      else expect(configuration()).toBe(one.expected('nginx.conf'));
    });

    testWith('nginx', `${one.name} is valid`, () => {
      const folder = mkdtempSync(join(tmpdir(), 'nginx-case-'));
      try {
        // Not everybody may open the container's own ports; whether they are in use is of no interest here.
        const ports = new Map([80, 443, ...Object.values(LOOPBACK)].map((port) => [port, 20_000 + port]));
        expectNoProblems(nginxTest(writeNginx(folder, one.loadBalancer, one.traits, ports)));
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }
});
