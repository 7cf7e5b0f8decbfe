import { missingForNode } from './real-node';
import { whyNoEngine } from '../../engine/engine';

/** `describe` for tests that need a real node: without its programs or the test images they are skipped aloud, or fail where they are required. */
export function describeWithNode(name: string, tests: () => void): void {
  const missing = missingForNode() ?? whyNoEngine();
  if (missing === undefined) {
    describe(name, tests);
  } else if (process.env.CDK8S_HA_TEST_CLUSTER === 'required') {
    test(name, () => { throw new Error(`there is no real node: ${missing}`); });
  } else {
    process.stderr.write(`\nSKIPPED: ${name}: ${missing}\n\n`);
    describe.skip(name, tests);
  }
}
