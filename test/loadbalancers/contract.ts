import { loadBalancer, NAMED, RESOLVED, type ShortLoadBalancer } from './models';
import { IssuerKind } from '../../src/model/certificate';
import { Level } from '../../src/model/guarantee';
import type { ILoadBalancerBackend, LoweredLoadBalancer } from '../../src/model/load-balancer-backend';
import { Protocol } from '../../src/model/port';
import { SecurityLevel } from '../../src/model/security';
import { isPinned } from '../../src/validation/syntax';

/*
 * What every load balancer back end keeps, whoever wrote it.
 */

export interface Skip {
  readonly reason: string;
  /** Names of tests. */
  readonly tests: string[];
}

const ALGORITHMS = [
  'roundRobin', 'random', 'powerOfTwoChoices', 'leastConnections', 'hashClientAddress', 'hashHeader X-Tenant', 'hashCookie session', 'hashUri', 'sticky',
];
const PLAIN: ShortLoadBalancer = { routes: [{ to: { web: { health: '/healthz' } } }] };
const SECURE: ShortLoadBalancer = { ...PLAIN, issuers: { own: { kind: IssuerKind.FILES } }, hosts: { 'shop.acme.example': 'own' } };
const SEVERAL: ShortLoadBalancer = {
  routes: [
    { host: 'one.acme.example', path: '/users', to: { users: { port: 9001 } } },
    { host: 'one.acme.example', to: { web: { port: 9002, copies: 3 } } },
    { host: 'two.acme.example', to: { db: { port: 9003, copies: 2, stateful: true } } },
  ],
};

export function backendContract(backend: ILoadBalancerBackend, skip: Skip[] = []): void {
  const lower = (short: ShortLoadBalancer, traits = NAMED): LoweredLoadBalancer => backend.lower(loadBalancer(short), traits);
  const textOf = (lowered: LoweredLoadBalancer): string => Object.values(lowered.configuration).join('\n');
  const keeps = (name: string, check: () => void) => {
    const skipped = skip.find(({ tests }) => tests.includes(name));
    if (skipped === undefined) test(name, check);
    else test.skip(`${name}: ${skipped.reason}`, check);
  };

  describe(`the back end '${backend.name}'`, () => {
    keeps('gives the same twice', () => {
      for (const short of [PLAIN, SECURE, SEVERAL]) expect(lower(short)).toEqual(lower(short));
    });

    keeps('has an image of a fixed version, and no other user than an ordinary one', () => {
      const { image, user, security } = lower(PLAIN);
      expect(isPinned(image)).toBe(true);
      expect(user ?? 1).toBeGreaterThan(0);
      expect(security?.level ?? SecurityLevel.RESTRICTED).toBe(SecurityLevel.RESTRICTED);
    });

    keeps('has its files in a folder of their own', () => {
      const { configurationFolder, configuration } = lower(SECURE);
      expect(configurationFolder).toMatch(/^\/./);
      for (const [name, text] of Object.entries(configuration)) {
        expect(name).toMatch(/^[\w.-]+$/);
        expect(text).toMatch(/\n$/);
      }
    });

    keeps('has one port for HTTP, and then one for HTTPS if somebody issues certificates', () => {
      const tcp = (short: ShortLoadBalancer) => lower(short).ports.filter(({ protocol }) => protocol !== Protocol.UDP).length;
      expect([tcp(PLAIN), tcp(SECURE)]).toEqual([1, 2]);
    });

    keeps('checks its own health where no visitor comes', () => {
      const { healthCheck, ports } = lower(PLAIN);
      expect(ports.map(({ number }) => number)).not.toContain(healthCheck.port);
      expect(healthCheck.port).toBeDefined();
    });

    keeps('knows every host, path, port and copy', () => {
      for (const text of ['one.acme.example', 'two.acme.example', '/users', '9001', '9002', '9003', 'db-0', 'db-1']) {
        expect(textOf(lower(SEVERAL))).toContain(text);
      }
    });

    keeps('asks for one name where the target cannot name copies', () => {
      for (const name of ['tasks.users', 'tasks.web', 'tasks.db']) expect(textOf(lower(SEVERAL, RESOLVED))).toContain(name);
    });

    keeps('takes the name of the project from the environment', () => {
      const text = textOf(lower(SEVERAL));
      expect(text).not.toContain('{project}');
      expect(text).toContain('COMPOSE_PROJECT_NAME');
    });

    keeps('needs no other container for other routes, so that a reload is enough', () => {
      const { configuration, notAsked, drainCommand, ...container } = lower(PLAIN);
      const { configuration: other, notAsked: others, drainCommand: drains, ...same } = lower(SEVERAL);
      expect(other).not.toEqual(configuration);
      expect(same).toEqual(container);
    });

    keeps('takes a load balancer without routes', () => {
      expect(() => lower({})).not.toThrow();
    });

    keeps('refuses what HTTP cannot carry', () => {
      for (const headers of [{ 'X-One': 'a\nb' }, { 'X One': 'a' }, { 'X-One\n': 'a' }] as { [name: string]: string }[]) {
        expect(() => lower({ routes: [{ headers, to: { web: {} } }] })).toThrow(/\[shop\/edge\]$/);
      }
    });

    keeps('answers for every algorithm, and says who can do what it cannot', () => {
      for (const algorithm of ALGORITHMS) {
        const { level, reason, kept } = backend.answerBalancing(loadBalancer({ ...PLAIN, algorithm }), NAMED);
        expect(level).not.toBe(Level.NOT_NEEDED);
        expect(reason).toMatch(kept ? /./ : /caddy|haproxy|nginx|traefik/i);
      }
    });
  });
}
