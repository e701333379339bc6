// The journal is a double, as no disk fails on demand; nothing is built, as each is ended before.
import assert from 'node:assert/strict';
import { carryOutPublication } from '../../../src/commandline/carryOutPublication';
import type { PublicationContext } from '../../../src/commandline/carryOutPublication';
import { parsePrebuildKey } from '../../../src/core/key/prebuildKey';
import { hostPlatform } from '../../../src/core/platform';
import { engineLost } from '../../../src/core/problems';
import type { PublicationState } from '../../../src/core/publication';
import type { PublishOrder } from '../../../src/core/publishOrder';
import { parseRepository } from '../../../src/core/reference';

const key = parsePrebuildKey('a'.repeat(64));
const repository = parseRepository('ghcr.io/acme/dev');
assert.ok(key !== undefined && repository !== undefined);
const order: PublishOrder = {
  source: { folder: '/w', configFile: '/w/.devcontainer.json' },
  platform: hostPlatform('x64'),
  repository,
  key,
  insecureRegistries: ['registry.acme:5000'],
};

describe('carryOutPublication', () => {
  const carryOut = async (
    {
      written = order,
      cancelled = false,
      failures = 0,
    }: {
      written?: PublishOrder | 'none';
      cancelled?: boolean;
      failures?: number;
    },
    over: Partial<PublicationContext> = {},
  ): Promise<{ code: number; states: PublicationState[]; said: string }> => {
    const states: PublicationState[] = [];
    const said: string[] = [];
    let left = failures;
    const code = await carryOutPublication(
      {
        orderFile: '/publications/1/order.json',
        order: () => (written === 'none' ? undefined : written),
        write: (state) => {
          if (left-- > 0) {
            throw new Error('EPERM');
          }
          states.push(state);
        },
        isCancelRequested: () => cancelled,
      },
      {
        process: { pid: 7, host: 'here' },
        environment: {},
        loadPorts: () => Promise.reject(engineLost('EPIPE')),
        terminal: { out: (text) => said.push(text), error: (text) => said.push(text) },
        signal: new AbortController().signal,
        ...over,
      },
    );
    return { code, states, said: said.join('\n') };
  };

  it('says first that it lives, and at last how it ended', async () => {
    const { code, states, said } = await carryOut({});
    assert.deepEqual(
      states.map(({ status }) => status),
      ['running', 'failed'],
    );
    assert.equal(code, 1);
    assert.match(said, /engine went away/);
  });

  it('says that it was cancelled where a person wished so, and starts nothing', async () => {
    const { code, states } = await carryOut({ cancelled: true });
    assert.deepEqual([code, states.at(-1)], [130, { status: 'cancelled' }]);
  });

  it('says that it was interrupted where the system ends it', async () => {
    const { states } = await carryOut({}, { signal: AbortSignal.abort() });
    assert.deepEqual(states.at(-1), { status: 'interrupted' });
  });

  it('fails where there is no order that it understands', async () => {
    const { code, states } = await carryOut({ written: 'none' });
    const [state, ...others] = states;
    assert.ok(state?.status === 'failed' && others.length === 0);
    assert.deepEqual([code, state.problem.code], [1, 'publish-order-invalid']);
  });

  it('gets its last word through where it cannot be written at once', async () => {
    const { states } = await carryOut({ failures: 3 });
    assert.deepEqual(
      states.map(({ status }) => status),
      ['failed'],
    );
  });
});
