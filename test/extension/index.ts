import Mocha from 'mocha';
import TallyReporter from '../support/tallyReporter';
import { attachSuite } from './attachSuite';
import { activationSuite } from './activationSuite';

/** What VS Code calls to run the tests in its extension host. */
export function run(): Promise<void> {
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: 120_000,
    slow: 30_000,
    color: true,
    reporter: TallyReporter,
  });
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  activationSuite();
  attachSuite();
  return new Promise((resolve, reject) => {
    mocha.run((failures) => {
      if (failures > 0) {
        reject(new Error(`${failures} tests failed`));
      } else {
        resolve();
      }
    });
  });
}
