import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { casesFor } from './cases';
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
  'significant characters': "'edge' cannot match the method \"!#$%&\"",
};

backendContract(nginx, [{ reason: 'nginx finds copies by one name, never by that of a container', tests: ['takes the name of the project from the environment'] }]);

describe('case', () => {
  for (const one of casesFor(nginx)) {
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

    testWith(one.loadBalancer.streams.length > 0 ? 'nginx stream' : 'nginx', `${one.name} is valid`, () => {
      const folder = mkdtempSync(join(tmpdir(), 'nginx-case-'));
      try {
        // Not everybody may open the container's own ports; whether they are in use is of no interest here.
        const own = nginx.lower(one.loadBalancer, one.traits).ports.map(({ number }) => number);
        const ports = new Map([80, 443, ...own, ...Object.values(LOOPBACK)].map((port) => [port, 20_000 + port]));
        expectNoProblems(nginxTest(writeNginx(folder, one.loadBalancer, one.traits, ports)));
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }
});

describe('the container', () => {
  test('checks its configuration before it reads it again, so that a broken one is a failure', () => {
    expect(lower({}).reloadCommand).toEqual(['sh', '-c',
      'nginx -e stderr -c /etc/nginx/nginx.conf -q -t && nginx -e stderr -c /etc/nginx/nginx.conf -s reload']);
  });

  test('has others beside it that get its certificates, and a disk with them, unless all are the user\'s own', () => {
    const beside = (kind: IssuerKind) => {
      const { sidecars = [], volumes = [] } = lower({ issuers: { one: { kind } }, hosts: { 'shop.acme.example': 'one' }, routes: [{ to: WEB }] });
      return [sidecars.map(({ name, user }) => `${name} ${user}`), volumes.map(({ path }) => path)];
    };
    expect(beside(IssuerKind.ACME)).toEqual([['acme-one 101'], ['/run/nginx', '/data']]);
    expect(beside(IssuerKind.LOCAL)).toEqual([['local-one 101'], ['/run/nginx', '/data']]);
    expect(beside(IssuerKind.FILES)).toEqual([[], ['/run/nginx']]);
  });

  test('leads an authority\'s questions to the client, over plain HTTP alone and before any route or redirect', () => {
    const { 'nginx.conf': text } = lower({
      issuers: { one: {} },
      hosts: { 'shop.acme.example': 'one', 'www.acme.example': 'one', 'plain.acme.example': null },
      redirects: { 'www.acme.example': 'shop.acme.example' },
      routes: [{ redirectHttp: false, path: '/a', to: WEB }, { to: WEB }, { host: 'plain.acme.example', to: WEB }],
    }).configuration;
    const servers = text.split(/^\tserver /m).filter((server) => server.includes('server_name'));
    const asked = servers.filter((server) => server.includes('location ^~ /.well-known/acme-challenge/ {'));
    expect(asked.map((server) => [/listen ([^;]*)/.exec(server)![1], /server_name ([^;]*)/.exec(server)![1]]))
      .toEqual([['80', 'shop.acme.example'], ['80', 'www.acme.example']]);
    expect(asked[0]).toContain('rewrite ^/(?!\\.well-known/acme-challenge/) $route2 last;');
    expect(asked[1]).not.toMatch(/^\t\treturn/m);
  });

  test('takes another image', () => {
    expect(LoadBalancerBackend.nginx({ image: 'ghcr.io/acme/nginx:3' }).lower(loadBalancer(), NAMED).image).toBe('ghcr.io/acme/nginx:3');
  });

  test('asks no copy for its health', () => {
    expect(lower({ routes: [{ to: WEB }, { path: '/a', to: { ...WEB, api: {} } }] }).notAsked).toEqual(['api', 'web']);
  });

  test.each([['echo 1', 1], ['echo 3', 3], ['echo 64', 4], ['return 127', 4]])('has a worker for each processor, four at most: nproc() { %s; }', (nproc, workers) => {
    const script = lower({ routes: [{ to: WEB }] }).command![2];
    const [count, start] = ['nproc', 'nginx -e'].map((part) => script.split('\n').find((one) => one.includes(part))!);
    const started = execFileSync('sh', ['-c', `nproc() { ${nproc}; }\nnginx() { printf '%s\\n' "$@"; }\n${count}\n${start}\nwait`]).toString();
    expect(started.split('\n').slice(0, -1)).toEqual(['-e', 'stderr', '-c', '/etc/nginx/nginx.conf', '-g', `worker_processes ${workers};`]);
  });

  test('asks the name server of the system, where the target does not know one', () => {
    const { command, configuration: { 'nginx.conf': text } } = lower({ routes: [{ to: WEB }] }, { ...RESOLVED, dnsServer: undefined });
    expect(text).toContain('server tasks.web:8080 resolve max_fails=1');
    expect(text).toContain('include /run/nginx/resolver.conf;');
    const system = join(mkdtempSync(join(tmpdir(), 'resolver-')), 'resolv.conf');
    writeFileSync(system, 'search shop.svc.cluster.local\nnameserver fd00::a\nnameserver 10.0.0.10\noptions ndots:5\n');
    const [line] = command![2].split('\n').filter((one) => one.includes('resolv.conf'));
    expect(execFileSync('sh', ['-c', line.replace('/etc/resolv.conf', system).replace(/ > .*/, '')]).toString()).toBe('resolver [fd00::a] valid=1s ipv6=off;\n');
  });
});

describe('what cannot be written or done fails', () => {
  test.each([
    ['a text with a variable', { algorithm: 'sticky a$b', routes: [{ to: WEB }] },
      "'edge' cannot write the name of a cookie \"a$b\" into a configuration of nginx, where dollar signs and control characters have a meaning:"
      + ' give one without them [shop/edge]'],
    ['a cookie', { algorithm: 'hashCookie a;b', routes: [{ to: WEB }] },
      "'edge' cannot use \"a;b\" as the name of a cookie, as HTTP allows letters, digits and !#$%&'*+.^_`|~- there: rename it [shop/edge]"],
    ['the name of a header', { algorithm: 'hashHeader X_One', routes: [{ to: WEB }] },
      "'edge' cannot read the header \"X_One\", as nginx passes over headers whose names have more than letters, digits and dashes:"
      + " rename it, or use 'LoadBalancerBackend.caddy()' [shop/edge]"],
    ['a method', { routes: [{ methods: ['get'], to: WEB }] },
      "'edge' cannot match the method \"get\", as nginx refuses methods of more than capital letters, dashes and underscores:"
      + " rename it, or use 'LoadBalancerBackend.caddy()' [shop/edge]"],
    ['a header that an asked workload gives', { routes: [{ asks: { gate: { copyHeaders: ['X_One'] } }, to: WEB }] },
      "'edge' cannot read the header \"X_One\", as nginx passes over headers whose names have more than letters, digits and dashes:"
      + " rename it, or use 'LoadBalancerBackend.caddy()' [shop/edge]"],
    ['a header', { routes: [{ headers: { 'X-One': ' a' }, to: WEB }] },
      "'edge' cannot match the header 'X-One' with \" a\", as no header has line breaks or begins or ends with blanks: remove them [shop/edge]"],
    ['an empty header', { routes: [{ headers: { 'X-One': '' }, to: WEB }] },
      "'edge' cannot match the header 'X-One' with an empty value, which nginx cannot tell from a missing header:"
      + " give a value, or use 'LoadBalancerBackend.caddy()' [shop/edge]"],
  ] as [string, ShortLoadBalancer, string][])('%s', (_name, short, message) => {
    expect(() => lower(short)).toThrow(message);
  });
});

describe('balancing', () => {
  const answer = (algorithm: string, targets: number) => {
    const model = loadBalancer({ algorithm, routes: [{ to: targets === 1 ? WEB : { ...WEB, canary: {} } }] });
    const { level, reason } = nginx.answerBalancing(model, RESOLVED);
    return `${level}: ${reason}`;
  };

  test('is nginx\' own', () => {
    expect(answer('leastConnections', 1)).toBe("native: nginx: 'least_conn'");
    expect(answer('roundRobin', 1)).toBe("native: nginx: 'round robin'");
    expect(answer('sticky', 1)).toBe("native: nginx: 'least_conn; sticky cookie lb path=/ httponly samesite=lax'");
  });

  test('is by turns where others stand in for copies', () => {
    expect(nginx.answerBalancing(loadBalancer({ routes: [{ to: WEB }] }), NAMED).reason)
      .toBe("nginx: 'least_conn'; while copies are replaced, those that stand in for them take turns");
    expect(nginx.answerBalancing(loadBalancer({ routes: [{ to: { db: { stateful: true } } }] }), NAMED).reason).toBe("nginx: 'least_conn'");
  });

  test('by a cookie has a secure one where all hosts are', () => {
    const own: ShortLoadBalancer = { algorithm: 'sticky', issuers: { own: { kind: IssuerKind.FILES } }, hosts: { 'shop.acme.example': 'own' } };
    const conf = (redirectHttp: boolean) => lower({ ...own, routes: [{ redirectHttp, to: WEB }] }).configuration['nginx.conf'];
    expect(conf(true)).toContain('sticky cookie lb path=/ httponly samesite=lax secure;');
    expect(conf(false)).toContain('sticky cookie lb path=/ httponly samesite=lax;');
  });

  test('by weights draws a destination first, which keeps a visitor by a hash only', () => {
    expect(answer('leastConnections', 2)).toBe("emulated: nginx: destinations with weights are drawn by 'split_clients $request_id',"
      + " then 'least_conn' picks among the copies of one");
    expect(answer('hashUri', 2)).toMatch(/^emulated: .* 'split_clients \$request_uri'/);
    expect(answer('sticky', 2)).toMatch(/^degraded: .* a visitor changes between them/);
  });
});

describe('a word of nginx', () => {
  test.each([
    ['plain', 'plain'], ['two words', '"two words"'], ['a"b', '"a\\"b"'], ['a\\b', '"a\\\\b"'], ['a;b', '"a;b"'], ['a{b}', '"a{b}"'], ['#a', '"#a"'],
    ['', '""'], ['$a', undefined], ['a\nb', undefined],
  ])('%p', (text, written) => {
    expect(word(text)).toBe(written);
  });
});
