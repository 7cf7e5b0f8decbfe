/**
 * A load balancer as an expert writes it by hand for this one application, so that it loses as little: TLS in front, the copies by
 * their names behind, their health checks, retries, and what copies are told about visitors; with the program's usual access log or
 * without one. No metrics or limits.
 */

import { HOST } from '../deployment';

export interface Reference {
  readonly image: string;
  readonly command: string[];
  readonly files: { readonly [name: string]: string };
}

/** Each finds `certificate.pem`, `key.pem` and `both.pem` in /reference. */
export const REFERENCES: { readonly [backend: string]: (copies: readonly string[], accessLog: boolean) => Reference } = {
  caddy: (copies, accessLog) => ({
    image: 'localhost/cdk8s-ha/caddy:2',
    command: ['caddy', 'run', '--config', '/reference/Caddyfile'],
    files: {
      Caddyfile: `{
\tadmin off
\tauto_https disable_redirects
}
https://${HOST} {
\ttls /reference/certificate.pem /reference/key.pem
${accessLog ? '\tlog\n' : ''}\treverse_proxy ${copies.map((copy) => `${copy}:8080`).join(' ')} {
\t\tlb_policy least_conn
\t\tlb_try_duration 10s
\t\thealth_uri /healthz
\t\thealth_interval 1s
\t\tfail_duration 2s
\t\ttransport http {
\t\t\tkeepalive_idle_conns_per_host 64
\t\t}
\t}
}
`,
    },
  }),
  haproxy: (copies, accessLog) => ({
    image: 'localhost/cdk8s-ha/haproxy:3',
    command: ['haproxy', '-db', '-f', '/reference/haproxy.cfg'],
    files: {
      'haproxy.cfg': `defaults
  mode http
  timeout connect 500ms
  timeout client 60s
  timeout server 60s
  option forwardfor
  retries 8
  option redispatch 1
  retry-on conn-failure empty-response
frontend https
  bind :443 ssl crt /reference/both.pem alpn h2,http/1.1
  http-request set-header X-Forwarded-Proto https
${accessLog ? '  log stdout format raw local0 info\n  option httplog\n' : ''}  default_backend web
backend web
  balance leastconn
  http-request disable-l7-retry unless METH_GET
  option httpchk GET /healthz
  default-server check inter 1s fall 2 rise 1 observe layer4 error-limit 1 on-error mark-down
${copies.map((copy, i) => `  server web${i} ${copy}:8080`).join('\n')}
`,
    },
  }),
  nginx: (copies, accessLog) => ({
    image: 'localhost/cdk8s-ha/nginx:1',
    command: ['nginx', '-c', '/reference/nginx.conf', '-g', 'daemon off;'],
    files: {
      'nginx.conf': `user root root;
worker_processes auto;
pid /tmp/nginx.pid;
error_log /dev/stderr warn;
events { worker_connections 4096; }
http {
  access_log ${accessLog ? '/dev/stdout combined' : 'off'};
  upstream web {
    zone web 256k;
    least_conn;
${copies.map((copy) => `    server ${copy}:8080 max_fails=1 fail_timeout=2s;`).join('\n')}
    keepalive 64;
  }
  server {
    listen 443 ssl;
    http2 on;
    server_name ${HOST};
    ssl_certificate /reference/certificate.pem;
    ssl_certificate_key /reference/key.pem;
    ssl_session_cache shared:tls:1m;
    keepalive_requests 1000000;
    location / {
      proxy_pass http://web;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_connect_timeout 500ms;
      proxy_next_upstream error timeout;
      proxy_next_upstream_tries 8;
    }
  }
}
`,
    },
  }),
  traefik: (copies, accessLog) => ({
    image: 'localhost/cdk8s-ha/traefik:3',
    command: ['traefik', '--entrypoints.https.address=:443', '--providers.file.filename=/reference/routes.yml', '--log.level=ERROR', ...accessLog ? ['--accesslog', '--accesslog.format=json'] : []],
    files: {
      'routes.yml': JSON.stringify({
        http: {
          routers: { web: { rule: `Host(\`${HOST}\`)`, service: 'web', middlewares: ['again'], tls: {} } },
          middlewares: { again: { retry: { attempts: 8 } } },
          services: {
            web: {
              loadBalancer: {
                servers: copies.map((copy) => ({ url: `http://${copy}:8080` })),
                healthCheck: { path: '/healthz', interval: '1s', timeout: '1s' },
              },
            },
          },
        },
        tls: { certificates: [{ certFile: '/reference/certificate.pem', keyFile: '/reference/key.pem' }] },
      }),
    },
  }),
};
