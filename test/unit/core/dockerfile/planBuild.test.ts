import { goldenTests } from '../../../support/golden';
import { plan } from '../../../support/plan';

describe('planBuild on whole Dockerfiles', () => {
  goldenTests('dockerfile', 'plan.json', (read) => plan(read('Dockerfile')));
});
