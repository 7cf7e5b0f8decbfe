import { cdk8s, javascript } from 'projen';

/** What each layer of `src` must not import: everything below it in this list. */
const LAYERS = [
  ['src/util'],
  ['src/model'],
  ['src/loadbalancers', 'src/certificates', 'src/meshes', 'src/telemetry'],
  ['src/validation'],
  ['src/targets'],
  ['src/constructs'],
  ['src/importers'],
  ['src/app.ts', 'src/index.ts'],
];

const project = new cdk8s.ConstructLibraryCdk8s({
  name: 'cdk8s-ha',
  description: 'One TypeScript definition of a highly available application: Kubernetes, Docker Compose and Docker Swarm.',
  keywords: ['cdk8s', 'kubernetes', 'docker-compose', 'docker-swarm', 'high-availability', 'load-balancer', 'letsencrypt', 'network-isolation'],
  author: 'The cdk8s-ha authors',
  authorAddress: 'cdk8s-ha@users.noreply.github.com',
  authorOrganization: true,
  repositoryUrl: 'https://github.com/cdk8s-ha/cdk8s-ha.git',
  defaultReleaseBranch: 'main',
  license: 'Apache-2.0',
  majorVersion: 0,
  packageManager: javascript.NodePackageManager.NPM,
  projenrcTs: true,
  sampleCode: false,

  cdk8sVersion: '2.70.0',
  constructsVersion: '10.3.0',
  peerDeps: ['cdk8s-plus-28@^2.5.6'],
  jsiiVersion: '~6.0.0',
  typescriptVersion: '~6.0.3',
  minNodeVersion: '20.16.0',
  workflowNodeVersion: '20',

  devDeps: [
    '@bufbuild/cel@^0.6',
    '@bufbuild/protobuf@^2',
    '@swc/core',
    '@swc/jest',
    '@types/node@^20',
    'ajv@^8',
    'cdk8s-cli',
    'esbuild',
    'jsii-pacmak',
    'tsx',
    'yaml@^2',
  ],

  publishToPypi: { distName: 'cdk8s-ha', module: 'cdk8s_ha' },
  publishToMaven: {
    javaPackage: 'io.github.cdk8sha',
    mavenGroupId: 'io.github.cdk8s-ha',
    mavenArtifactId: 'cdk8s-ha',
  },
  publishToGo: { moduleName: 'github.com/cdk8s-ha/cdk8s-ha-go', packageName: 'cdk8sha' },

  jestOptions: {
    jestConfig: {
      // Doubles the time of the suite, and nothing reads it: `npx jest --coverage` tells who asks.
      collectCoverage: false,
      // projen's default, v8, takes longer still.
      coverageProvider: 'babel',
      // Much of the time is spent by other programs, and in waiting for them; Jest would leave a processor to nobody.
      maxWorkers: '100%',
      testTimeout: 180_000,
      setupFilesAfterEnv: ['<rootDir>/test/support/retry.ts'],
    },
  },
  eslintOptions: { dirs: ['src', 'test'], ignorePatterns: ['test/engine/images/**', 'test/package/**'] },
  gitignore: ['/examples/*/dist/', '/examples/*/node_modules/', '/.tools/', '.DS_Store', '*.new'],
  pullRequestTemplate: false,
  depsUpgradeOptions: { workflow: true },
});

for (const pattern of ['/examples/', '/docs/', '/bench/', '/scripts/', '/.ci/', '/.tools/', 'ARCHITECTURE.md', 'CONTRIBUTING.md']) {
  project.npmignore!.exclude(pattern);
}

// --- tests: SWC is faster than ts-jest, types are checked by the compile step and by `tsc --noEmit` in lint
project.deps.removeDependency('ts-jest');
const jest = project.jest!;
delete jest.config.preset;
jest.config.transform = { '^.+\\.[t]sx?$': ['@swc/jest', {}] };
// The examples import the package by its name, as their users do.
jest.config.moduleNameMapper = { '^cdk8s-ha$': '<rootDir>/src/index.ts' };

// --- cdk8s-plus-28 is where users come from, not what they need
project.package.addField('peerDependenciesMeta', { 'cdk8s-plus-28': { optional: true } });

// --- the layers of ARCHITECTURE.md
const zones = LAYERS.flatMap((layer, i) => layer.map((target) => ({
  target: `./${target}`,
  from: LAYERS.slice(i + 1).flat().map((from) => `./${from}`),
  message: 'a layer imports itself and the layers above it (ARCHITECTURE.md)',
}))).filter((zone) => zone.from.length > 0);

const siblings = (names: string[], folder: string, allowed: Record<string, string[]> = {}) => names.map((name) => ({
  target: `./${folder}/${name}`,
  from: names.filter((other) => other !== name && !(allowed[name] ?? []).includes(other)).map((other) => `./${folder}/${other}`),
  message: 'siblings do not import each other (ARCHITECTURE.md)',
}));

project.eslint!.addRules({
  'import/no-cycle': ['error', { maxDepth: 10, ignoreExternal: true }],
  'import/no-restricted-paths': ['error', {
    zones: [
      ...zones,
      ...siblings(['loadbalancers', 'certificates', 'meshes', 'telemetry'], 'src'),
      ...siblings(['kubernetes', 'compose', 'swarm', 'topology', 'report'], 'src/targets', { swarm: ['compose'] }),
      {
        target: './src/constructs',
        from: ['kubernetes', 'compose', 'swarm', 'topology', 'report'].map((name) => `./src/targets/${name}`),
        message: 'constructs know targets/target.ts only (ARCHITECTURE.md)',
      },
    ],
  }],
  'max-len': ['error', { code: 150, ignoreUrls: true, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreComments: true, ignoreRegExpLiterals: true }],
});

// --- names that cannot cross to another language are found at once
const bindings = project.addTask('bindings', {
  description: 'Generate the Python, Java and Go code without packaging it',
  exec: 'rm -rf .tools/bindings && jsii-pacmak --code-only -t python -t java -t go -o .tools/bindings',
});
project.postCompileTask.spawn(bindings);

// --- a few files are loaded in a fraction of the time of 300
project.postCompileTask.exec('node scripts/bundle.mjs');

project.addScripts({
  'example': 'npm run --silent build:lib && node scripts/synth-example.mjs shop',
  // What jsii says of the age of Node is longer than all that the example says.
  'build:lib': 'JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=20 jsii --silence-warnings=reserved-word && node scripts/bundle.mjs',
  'goldens': 'UPDATE_GOLDENS=1 jest --updateSnapshot --testPathIgnorePatterns test/cluster',
  'test:all': 'npm run --silent build:lib && jest --ci --testPathIgnorePatterns test/engine test/cluster && npm run --silent test:engine',
  'test:schemas': 'jest --ci test/schemas test/support/kubernetes-schemas.test.ts',
  'checkers': 'node scripts/checkers.mjs',
  // Says that it was skipped where the control plane or a node cannot be built.
  'test:cluster': 'test/cluster/build-control-plane.sh; test/cluster/build-node.sh; jest --ci --runInBand test/cluster',
  'bench:cluster': 'CDK8S_HA_PROOF=whole jest --ci --runInBand test/cluster/real-node.test.ts',
  'test:reachability': 'test/reachability/build-engine.sh; jest --ci test/reachability',
  // One file at a time: they publish the same ports of this machine.
  'test:engine': 'jest --ci --runInBand test/engine',
  'bench:engine': 'CDK8S_HA_PROOF=whole jest --ci --runInBand test/engine/deployment.test.ts test/engine/figures.test.ts test/engine/compose-to-swarm.test.ts',
  'bench': 'npm run --silent build:lib && node bench/bench.mjs',
});

project.synth();
