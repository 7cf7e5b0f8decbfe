import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { casesFor } from './cases';
import { backendContract } from './contract';
import { KUBERNETES, loadBalancer, NAMED, RESOLVED, type ShortLoadBalancer } from './models';
import { certificateFor } from './running-caddy';
import { bundleFor, relocated } from './running-haproxy';
import { listCommands } from '../../src/loadbalancers/haproxy/certificates';
import { LoadBalancerBackend } from '../../src/loadbalancers/load-balancer-backend';
import { secretsWithUsers } from '../../src/loadbalancers/users';
import { IssuerKind } from '../../src/model/certificate';
import { Level } from '../../src/model/guarantee';
import { Protocol } from '../../src/model/port';
import type { ITargetTraits } from '../../src/model/traits';
import { sample, word } from '../../src/util/haproxy-cfg';
import { expectNoProblems } from '../support/problem';
import { haproxyCheck, testWith } from '../support/tools';

const haproxy = LoadBalancerBackend.haproxy();
const lower = (short: ShortLoadBalancer, traits = NAMED) => haproxy.lower(loadBalancer(short), traits);
const textOf = (short: ShortLoadBalancer, traits = NAMED) => lower(short, traits).configuration['haproxy.cfg'];
const WEB = { web: { health: '/healthz' } };

backendContract(haproxy, [{
  reason: 'a name that all copies share is looked up, which needs no name of the project',
  tests: ['takes the name of the project from the environment'],
}]);

describe('case', () => {
  for (const one of casesFor(haproxy)) {
    const configuration = () => haproxy.lower(one.loadBalancer, one.traits).configuration;

    test(one.name, () => {
      if (process.env.UPDATE_GOLDENS) one.write('haproxy.cfg', configuration()['haproxy.cfg']);
      else expect(configuration()['haproxy.cfg']).toBe(one.expected('haproxy.cfg'));
    });

    testWith('haproxy', `${one.name} is valid`, () => {
      const folder = mkdtempSync(join(tmpdir(), 'haproxy-case-'));
      try {
        for (const { name, issuer } of one.loadBalancer.hosts) if (issuer?.kind === IssuerKind.FILES) certificateFor(folder, issuer.name, name);
        for (const name of ['served', 'run']) mkdirSync(join(folder, name));
        bundleFor(folder, 'shop.acme.example');
        for (const [name, text] of Object.entries(configuration())) writeFileSync(join(folder, name), relocated(text, folder));
        // Users are in a file of their own, which the container writes.
        for (const { name } of secretsWithUsers(one.loadBalancer)) appendFileSync(join(folder, 'haproxy.cfg'), `\nuserlist ${name}\n\tuser ann password none\n`);
        for (const command of listCommands(one.loadBalancer)) execFileSync('sh', ['-c', relocated(command, folder)]);
        expectNoProblems(haproxyCheck(join(folder, 'haproxy.cfg')));
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }
});

describe('the container', () => {
  test('checks a configuration before it reads it', () => {
    expect(lower({}).reloadCommand).toEqual(['sh', '-c', 'haproxy -c -f /usr/local/etc/haproxy/haproxy.cfg && kill -USR2 1 && sleep 1']);
  });

  test('takes another image', () => {
    expect(LoadBalancerBackend.haproxy({ image: 'ghcr.io/acme/haproxy:4' }).lower(loadBalancer(), NAMED).image).toBe('ghcr.io/acme/haproxy:4');
  });
});

describe('certificates', () => {
  const sidecars = (short: ShortLoadBalancer) => lower(short).sidecars!.map(({ name }) => name);

  test('that others issue have a container beside it, and a disk that outlives both', () => {
    const short: ShortLoadBalancer = {
      issuers: { company: {}, laptop: { kind: IssuerKind.LOCAL }, own: { kind: IssuerKind.FILES } },
      hosts: { 'a.example': 'company', 'b.example': 'laptop', 'c.example': 'own' },
    };
    expect(sidecars(short)).toEqual(['acme-company', 'local-laptop']);
    expect(lower(short).command).toEqual(['sh', '/usr/local/etc/haproxy/start.sh']);
    expect(lower(short).volumes!.map(({ path }) => path)).toEqual(['/run/haproxy', '/data']);
  });

  test('of the user\'s own need neither', () => {
    const short: ShortLoadBalancer = { issuers: { own: { kind: IssuerKind.FILES } }, hosts: { 'c.example': 'own' } };
    expect(sidecars(short)).toEqual([]);
    expect(lower(short).command![2]).toContain('\n  haproxy -W -db -f /usr/local/etc/haproxy/haproxy.cfg &\n');
    expect(lower(short).volumes!.map(({ path }) => path)).toEqual(['/run/haproxy']);
  });
});

describe('copies', () => {
  const places = (copies: number, traits = NAMED) => /server-template web- (\d+) /.exec(textOf({ routes: [{ to: { web: { copies } } }] }, traits))![1];

  test('have places for a twin service, which a few copies more or less do not change', () => {
    expect([1, 4, 5, 8, 9].map((copies) => places(copies))).toEqual(['8', '8', '16', '16', '32']);
    expect([1, 32, 33].map((copies) => places(copies, KUBERNETES))).toEqual(['64', '64', '128']);
  });

  test('are asked for their health as declared; without that, and by a command, for a connection only', () => {
    const notAsked = (health: string | undefined, protocol = Protocol.HTTP) => lower({ routes: [{ to: { web: { health, protocol } } }] }).notAsked;
    expect([notAsked('/healthz'), notAsked('tcp'), notAsked('grpc', Protocol.GRPC), notAsked(undefined)]).toEqual([[], [], [], ['web']]);
  });

  test('with names of their own are looked up by these', () => {
    const short = { routes: [{ to: { db: { stateful: true } } }] };
    expect(textOf(short)).toMatch(/\tserver db-0 db-0:8080\n\tserver db-1 db-1:8080\n/);
    expect(textOf(short, { ...RESOLVED, severalHosts: false })).toContain('\tserver-template db- 64 tasks.db:8080\n');
  });

  test('on other hosts are given up within seconds when a host is lost: where they are one host has all of it', () => {
    const lines = (traits: ITargetTraits) => textOf({ routes: [{ to: { web: {} } }] }, traits).match(/\t(option srvtcpka|srvtcpka-.*|server-template.*)/g);
    expect(lines(NAMED)).toEqual(['\tserver-template web- 8 web:8080']);
    expect(lines(RESOLVED)).toEqual([
      '\toption srvtcpka', '\tsrvtcpka-idle 1s', '\tsrvtcpka-intvl 1s', '\tsrvtcpka-cnt 2',
      // Without the family of addresses HAProxy would not keep the last two words.
      '\tserver-template web- 64 ipv4@tasks.web:8080 tcp-ut 3s',
    ]);
  });

  test('of a destination of several routes are as many as the largest says', () => {
    expect(textOf({ routes: [{ to: { web: { copies: 5 } } }, { path: '/a', to: { web: { copies: 2 } } }] }).match(/server-template.*/g))
      .toEqual(['server-template web- 16 web:8080']);
  });
});

describe('what cannot be written fails', () => {
  test.each([
    ['a path', { routes: [{ path: '/a%0Ab', to: WEB }] },
      "'edge' cannot write the path \"/a\\nb/\" into an haproxy.cfg, where control characters and a lone closing brace have a meaning:"
      + ' give one without them [shop/edge]'],
    ['a lone brace', { routes: [{ headers: { 'X-One': '}' }, to: WEB }] },
      "'edge' cannot write the header 'X-One' \"}\" into an haproxy.cfg, where control characters and a lone closing brace have a meaning:"
      + ' give one without them [shop/edge]'],
    ['the name of a cookie', { algorithm: 'sticky a;b', routes: [{ to: WEB }] },
      "'edge' cannot use \"a;b\" as the name of a cookie, as HTTP allows letters, digits and !#$%&'*+.^_`|~- there: rename it [shop/edge]"],
    ['a method', { routes: [{ methods: ['GET POST'], to: WEB }] },
      "'edge' cannot use \"GET POST\" as a method, as HTTP allows letters, digits and !#$%&'*+.^_`|~- there: rename it [shop/edge]"],
    ['a header', { routes: [{ headers: { 'X-One': ' a' }, to: WEB }] },
      "'edge' cannot match the header 'X-One' with \" a\", as no header has line breaks or begins or ends with blanks: remove them [shop/edge]"],
    ['a limit for a stream', { routes: [{ path: '/ledger', maxRequestBodyBytes: 9, to: { ledger: { protocol: Protocol.GRPC } } }] },
      "'edge' cannot limit requests of 'shop.acme.example/ledger' to 9 bytes, as gRPC does not announce the length that HAProxy would compare:"
      + " remove 'maxRequestBody', or use 'backend: LoadBalancerBackend.caddy()' [shop/edge]"],
  ] as [string, ShortLoadBalancer, string][])('%s', (_name, short, message) => {
    expect(() => lower(short)).toThrow(message);
  });
});

describe('balancing', () => {
  const answer = (algorithm: string, targets: number) => {
    const model = loadBalancer({ algorithm, routes: [{ to: targets === 1 ? WEB : { ...WEB, canary: {} } }] });
    const { level, reason } = haproxy.answerBalancing(model, NAMED);
    return `${level}: ${reason}`;
  };

  test.each([
    ['roundRobin', "'balance roundrobin'"], ['random', "'balance random(1)'"], ['powerOfTwoChoices', "'balance random(2)'"],
    ['leastConnections', "'balance leastconn'"], ['hashClientAddress', "'balance hash src'"], ['hashHeader X-Tenant', "'balance hash req.fhdr(X-Tenant)'"],
    ['hashCookie session', "'balance hash req.cook(session)'"], ['hashUri', "'balance hash pathq'"],
    ['sticky', "'balance leastconn', 'cookie lb insert indirect nocache httponly dynamic attr SameSite=Lax'"],
  ])('%s is HAProxy\'s own', (algorithm, lines) => {
    expect(answer(algorithm, 1)).toBe(`native: HAProxy: ${lines}`);
  });

  test('has a secure cookie where all hosts are', () => {
    const text = (redirectHttp: boolean) => textOf({
      algorithm: 'sticky', issuers: { own: { kind: IssuerKind.FILES } }, hosts: { 'shop.acme.example': 'own' }, routes: [{ redirectHttp, to: WEB }],
    });
    expect(text(true)).toContain('cookie lb insert indirect nocache httponly secure dynamic attr SameSite=Lax\n');
    expect(text(false)).toContain('cookie lb insert indirect nocache httponly dynamic attr SameSite=Lax\n');
  });

  test('by weights draws a destination first, by the visitor where the algorithm keeps one', () => {
    expect(answer('leastConnections', 2)).toMatch(new RegExp(`^${Level.EMULATED}: .* drawn at random for each request$`));
    expect(answer('hashHeader X-Tenant', 2)).toMatch(/^emulated: .* follows from the same key$/);
    expect(answer('sticky', 2)).toMatch(/^degraded: .* follows from the visitor's address/);
  });
});

describe('a word of an haproxy.cfg', () => {
  test.each([
    ['plain', 'plain'], ['two words', "'two words'"], ['a"b', "'a\"b'"], ["a'b", "'a'\\''b'"], ['#a', "'#a'"], ['a\\b', "'a\\b'"], ['$HOME', "'$HOME'"],
    ['a}', "'a}'"], ['}', undefined], ['', undefined], ['a\nb', undefined], ['a\u0000', undefined],
  ])('%p', (text, written) => {
    expect(word(text)).toBe(written);
  });

  test('that is a sample has quotes of its own', () => {
    expect([sample('req.hdr', 'X-One'), sample('req.hdr', "a'b")]).toEqual(['req.hdr(X-One)', 'req.hdr("a\'b")']);
  });
});
