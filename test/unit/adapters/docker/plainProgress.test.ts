import assert from 'node:assert/strict';
import { PlainProgress } from '../../../../src/adapters/docker/plainProgress';
import type { BuildEvent } from '../../../../src/core/buildEvent';

const read = (text: string): (BuildEvent | undefined)[] => {
  const progress = new PlainProgress();
  return text.split('\n').map((line) => progress.read(line));
};

describe('PlainProgress', () => {
  // As buildx 0.29.1 with BuildKit of Docker 28.5 printed it.
  it('reads a build that runs a step, uses another, and fails at a third', () => {
    const events = read(
      [
        '#0 building with "default" instance using docker driver',
        '',
        '#7 [2/4] RUN echo one && sleep 0.2',
        '#7 0.401 one',
        '#7 DONE 1.2s',
        '#8 [3/4] COPY x /x',
        '#8 CACHED',
        '#9 [4/4] RUN exit 7',
        '#9 ERROR: process "/bin/sh -c exit 7" did not complete successfully: exit code: 7',
        '------',
      ].join('\n'),
    );
    assert.deepEqual(events, [
      { kind: 'line', text: 'building with "default" instance using docker driver' },
      undefined,
      { kind: 'step', step: 7, name: '[2/4] RUN echo one && sleep 0.2' },
      { kind: 'output', step: 7, text: 'one' },
      { kind: 'done', step: 7, seconds: 1.2 },
      { kind: 'step', step: 8, name: '[3/4] COPY x /x' },
      { kind: 'cached', step: 8 },
      { kind: 'step', step: 9, name: '[4/4] RUN exit 7' },
      {
        kind: 'failed',
        step: 9,
        reason: 'process "/bin/sh -c exit 7" did not complete successfully: exit code: 7',
      },
      { kind: 'line', text: '------' },
    ]);
  });

  it('prints nothing of a step that is named again when it goes on', () => {
    const events = read('#7 [2/4] RUN make\n#8 [3/4] RUN x\n#7 [2/4] RUN make\n#7 0.5 cc');
    assert.deepEqual(events.slice(2), [undefined, { kind: 'output', step: 7, text: 'cc' }]);
  });
});
