import { App as Cdk8sApp, Chart } from 'cdk8s';
import { App, Worker } from '../src';

/*
 * A library of constructs that brings a cdk8s-ha of its own, beside the application's.
 */

const another = () => {
  let copy: typeof import('../src');
  jest.isolateModules(() => { copy = jest.requireActual('../src'); });
  return copy!;
};

const REFUSED = /^cdk8s-ha in .+ cannot declare anything here: the app belongs to another copy, in .+; have one copy, and .+ \[shop\]$/;

describe('a construct of another copy of this library', () => {
  test('is refused under our App', () => {
    const shop = new Chart(new App(), 'shop');
    const { Worker: Stranger } = another();
    expect(() => new Stranger(shop, 'mailer', { image: 'nginx:1.27.3' })).toThrow(REFUSED);
  });

  test("is refused beside ours under cdk8s' own App", () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const shop = new Chart(new Cdk8sApp(), 'shop');
    new Worker(shop, 'sender', { image: 'nginx:1.27.3' });
    const { Worker: Stranger } = another();
    expect(() => new Stranger(shop, 'mailer', { image: 'nginx:1.27.3' })).toThrow(REFUSED);
    warn.mockRestore();
  });
});
