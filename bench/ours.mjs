/*
 * The services of theirs.mjs with this library, as compiled into lib/.
 */
import { NOT_BUILT, require, runCase } from './child.mjs';

const NEEDED = ['App', 'HAWebService', 'LoadBalancer', 'IsolatedNetwork', 'HealthCheck', 'Cpu', 'KubernetesTarget', 'ComposeTarget', 'SwarmTarget'];

function library() {
  let missing = NEEDED;
  try {
    const lib = require('../lib/index.js');
    missing = NEEDED.filter(name => !(name in lib));
    if (missing.length === 0) return lib;
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error;
    console.error(error.message.split('\n')[0]);
  }
  console.error(`lib/ does not hold the library: run \`npm run build:lib\` first (missing: ${missing.join(', ')})`);
  return process.exit(NOT_BUILT);
}

function app(outdir, services, { charts = 1, targets = ['KubernetesTarget'], options, namespace, report = false, connect } = {}) {
  const lib = library();
  const { Chart, Size } = require('cdk8s');
  const result = new lib.App({ outdir, report, targets: targets.map(name => new lib[name](options)) });
  const scopes = Array.from({ length: charts }, (_, i) => {
    const chart = new Chart(result, `chart-${i}`, { namespace });
    return { chart, network: new lib.IsolatedNetwork(chart, 'backend') };
  });
  const edge = new lib.LoadBalancer(scopes[0].chart, 'edge', { certificates: new lib.LocalCertificates(scopes[0].chart, 'authority') });

  let previous;
  for (let i = 0; i < services; i++) {
    const { chart, network } = scopes[i % charts];
    const web = new lib.HAWebService(chart, `web-${i}`, {
      image: 'ghcr.io/acme/shop:1.4.2',
      port: 8080,
      minReplicas: 2,
      maxReplicas: 6,
      environment: { SHARD: `${i}` },
      resources: { cpu: lib.Cpu.millis(100), cpuLimit: lib.Cpu.cores(1), memory: Size.mebibytes(128) },
      healthCheck: lib.HealthCheck.http('/healthz'),
      networks: [network],
    });
    edge.addRoute('shop.acme.example', web, { path: `/s${i}` });
    if (previous && connect) previous.connectTo(web, connect);
    previous = web;
  }
  return result;
}

const ALL_TARGETS = ['KubernetesTarget', 'ComposeTarget', 'SwarmTarget'];

runCase({
  'require': () => { library(); },
  'one-chart': (count, outdir) => app(outdir, count).synth(),
  'namespace': (count, outdir) => app(outdir, count, { options: { createNamespace: true }, namespace: 'shop' }).synth(),
  'charts': (count, outdir) => app(outdir, count, { charts: count }).synth(),
  'report': (count, outdir) => app(outdir, count, { report: true }).synth(),
  'all-targets': (count, outdir) => app(outdir, count, { targets: ALL_TARGETS }).synth(),
  'connected': (count, outdir) => app(outdir, count, { connect: {} }).synth(),
  'chain': (count, outdir) => app(outdir, count, { connect: { startAfter: true } }).synth(),
});
