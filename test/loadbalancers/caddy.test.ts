import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { casesFor } from './cases';
import { backendContract } from './contract';
import { loadBalancer, NAMED, RESOLVED, type ShortLoadBalancer } from './models';
import { certificateFor } from './running-caddy';
import { authorityFiles } from '../../src/loadbalancers/authorities';
import { shareMatch } from '../../src/loadbalancers/caddy/matches';
import { LoadBalancerBackend } from '../../src/loadbalancers/load-balancer-backend';
import { usersOf } from '../../src/model/access-rule';
import { IssuerKind } from '../../src/model/certificate';
import { Level } from '../../src/model/guarantee';
import { Protocol } from '../../src/model/port';
import { word } from '../../src/util/caddyfile';
import { literal } from '../../src/util/re2';
import { expectNoProblems } from '../support/problem';
import { caddyValidate, testWith } from '../support/tools';

const caddy = LoadBalancerBackend.caddy();
const lower = (short: ShortLoadBalancer) => caddy.lower(loadBalancer(short), NAMED);
const WEB = { web: { health: '/healthz' } };
const SECURE = { issuers: { local: { kind: IssuerKind.LOCAL } }, hosts: { 'shop.acme.example': 'local' } };

backendContract(caddy);

describe('case', () => {
  for (const one of casesFor(caddy)) {
    const caddyfile = () => caddy.lower(one.loadBalancer, one.traits).configuration.Caddyfile;

    test(one.name, () => {
      if (process.env.UPDATE_GOLDENS) one.write('Caddyfile', caddyfile());
      else expect(caddyfile()).toBe(one.expected('Caddyfile'));
    });

    testWith('caddy', `${one.name} is valid`, () => {
      const folder = mkdtempSync(join(tmpdir(), 'caddy-case-'));
      try {
        const ownFiles = one.loadBalancer.hosts.filter(({ issuer }) => issuer?.kind === IssuerKind.FILES);
        for (const { name, issuer } of ownFiles) certificateFor(folder, issuer!.name, name);
        for (const { issuer } of one.loadBalancer.hosts.filter((host) => host.issuer?.caRoot !== undefined)) {
          writeFileSync(join(folder, `${issuer!.name}-root.pem`), readFileSync(join(folder, 'secrets', `${ownFiles[0].issuer!.name}-certificate`)));
        }
        for (const { name } of one.loadBalancer.routes.flatMap((route) => usersOf(route) ?? [])) {
          writeFileSync(join(folder, `users-${name}`), `"ann" $2y$10$${'a'.repeat(53)}\n`);
        }
        for (const [name, text] of Object.entries(authorityFiles(one.loadBalancer))) writeFileSync(join(folder, name), text);
        writeFileSync(join(folder, 'Caddyfile'), caddyfile().replace(/\/run\/secrets\//g, `${folder}/secrets/`).replace(/\/run\/caddy\/users/g, `${folder}/users`).replace(/\/etc\/caddy\//g, `${folder}/`)
          .replace('/data/caddy', `${folder}/data`));
        expectNoProblems(caddyValidate(join(folder, 'Caddyfile'), { COMPOSE_PROJECT_NAME: 'shop' }));
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }
});

describe('the container', () => {
  test('speaks HTTP/3 where the port of the host is the one it announces', () => {
    const udp = (short: ShortLoadBalancer) => lower(short).ports.filter(({ protocol }) => protocol === Protocol.UDP).map(({ number }) => number);
    expect(udp({ ...SECURE, routes: [{ to: WEB }] })).toEqual([443]);
    expect(udp({ ...SECURE, httpsPort: 8443, routes: [{ to: WEB }] })).toEqual([]);
    expect(udp({ routes: [{ to: WEB }] })).toEqual([]);
  });

  test('brings the root of a private directory', () => {
    const { configuration } = lower({ issuers: { company: { caRoot: 'PEM\n' } }, hosts: { 'shop.acme.example': 'company' }, routes: [{ to: WEB }] });
    expect(configuration['company-root.pem']).toBe('PEM\n');
  });

  test('takes another image', () => {
    expect(LoadBalancerBackend.caddy({ image: 'ghcr.io/acme/caddy:3' }).lower(loadBalancer(), NAMED).image).toBe('ghcr.io/acme/caddy:3');
  });
});

describe('proof by DNS', () => {
  const short: ShortLoadBalancer = {
    issuers: { wild: { directory: 'https://ca.example/dir', cloudflare: 'cloudflare-token' } },
    hosts: { '*.acme.example': 'wild' },
    routes: [{ host: '*.acme.example', to: WEB }],
  };

  test('fails with the published image', () => {
    expect(() => lower(short)).toThrow("'edge' cannot prove control by DNS for 'wild', as the image 'caddy:2.11.4' has no module for cloudflare: build one"
      + " with https://github.com/caddy-dns/cloudflare and give it by 'backend: LoadBalancerBackend.caddy({ image: '…' })' [shop/edge]");
  });

  test('takes the token from the secret, with an image of one\'s own', () => {
    const { configuration } = LoadBalancerBackend.caddy({ image: 'ghcr.io/acme/caddy:3' }).lower(loadBalancer(short), NAMED);
    expect(configuration.Caddyfile).toContain('dns cloudflare {file./run/secrets/cloudflare-token}');
  });
});

describe('what cannot be written fails', () => {
  test.each([
    ['an e-mail address', { issuers: { a: { email: '{$HOME}@acme.example' } }, hosts: { 'shop.acme.example': 'a' }, routes: [{ to: WEB }] },
      "'edge' cannot write the e-mail address \"{$HOME}@acme.example\" into a Caddyfile, where braces and control characters have a meaning:"
      + ' give one without them [shop/edge]'],
    ['the name of a cookie', { algorithm: 'sticky a;b', routes: [{ to: WEB }] },
      "'edge' cannot use \"a;b\" as the name of a cookie, as HTTP allows letters, digits and !#$%&'*+.^_`|~- there: rename it [shop/edge]"],
    ['a method', { routes: [{ methods: ['GET POST'], to: WEB }] },
      "'edge' cannot use \"GET POST\" as a method, as HTTP allows letters, digits and !#$%&'*+.^_`|~- there: rename it [shop/edge]"],
    ['a header', { routes: [{ headers: { 'X-One': ' a' }, to: WEB }] },
      "'edge' cannot match the header 'X-One' with \" a\", as no header has line breaks or begins or ends with blanks: remove them [shop/edge]"],
  ] as [string, ShortLoadBalancer, string][])('%s', (_name, short, message) => {
    expect(() => lower(short)).toThrow(message);
  });
});

describe('copies', () => {
  test('are asked for their health over HTTP, by name', () => {
    const notAsked = (short: ShortLoadBalancer, traits = NAMED) => caddy.lower(loadBalancer(short), traits).notAsked;
    expect(notAsked({ routes: [{ to: { web: { health: '/healthz' } } }] })).toEqual([]);
    expect(notAsked({ routes: [{ to: { web: { health: 'tcp' } } }, { path: '/a', to: { api: {} } }] })).toEqual(['api', 'web']);
    expect(notAsked({ routes: [{ to: { web: { health: '/healthz', protocol: Protocol.GRPC } } }] })).toEqual(['web']);
    expect(notAsked({ routes: [{ to: { web: { health: '/healthz' } } }] }, RESOLVED)).toEqual(['web']);
  });
});

describe('balancing', () => {
  const answer = (algorithm: string, targets: number) => {
    const routes = [{ to: targets === 1 ? WEB : { ...WEB, canary: {} } }];
    const { level, reason } = caddy.answerBalancing(loadBalancer({ algorithm, routes }), NAMED);
    return `${level}: ${reason}`;
  };

  test('is Caddy\'s own', () => {
    expect(answer('leastConnections', 1)).toBe("native: Caddy: 'lb_policy least_conn'");
    expect(answer('hashCookie session', 1)).toMatch(new RegExp(`^${Level.EMULATED}: Caddy: the cookie's value is put into the header`));
  });

  test('by weights draws a destination first, which cannot keep a visitor', () => {
    expect(answer('leastConnections', 2)).toBe('emulated: Caddy: destinations with weights are drawn at random for each request,'
      + " then 'least_conn' picks among the copies of one");
    expect(answer('sticky', 2)).toMatch(/^degraded: .* a visitor changes between them/);
  });

  test('shares come out to a 65,536th', () => {
    for (const share of [0.0001, 0.1, 1 / 3, 0.5, 0.9, 0.99999]) {
      const expression = new RegExp(shareMatch(share).replace(/^vars_regexp \S+ /, ''));
      let matching = 0;
      for (let id = 0; id < 0x10000; id++) if (expression.test(`${id.toString(16).padStart(4, '0')}0000-0000`)) matching++;
      expect(Math.abs(matching / 0x10000 - share)).toBeLessThan(1 / 0x10000);
    }
  });
});

describe('a word of a Caddyfile', () => {
  test.each([
    ['plain', 'plain'], ['two words', '`two words`'], ['a"b', '`a"b`'], ['a`b', '"a`b"'], ['a`"b', '"a`\\"b"'], ['#a', '`#a`'], ['a\\b', '`a\\b`'],
    ['<<EOF', '`<<EOF`'], ['', '``'], ['a{b}', undefined], ['{$X}', undefined], ['a\nb', undefined], ['a`\\', undefined],
  ])('%p', (text, written) => {
    expect(word(text)).toBe(written);
  });

  test('that is a regular expression matches its text and no other', () => {
    for (const text of ['a.b', 'a+b', '(x)', '^$', '{$X}', 'a b', '"`\\', 'ü', '#', '[a-z]']) {
      expect(literal(text)).not.toMatch(/[\s{}"`#]/);
      const expression = new RegExp(`^${literal(text)}$`);
      expect([expression.test(text), expression.test(`${text}x`), expression.test('axb')]).toEqual([true, false, false]);
    }
  });
});
