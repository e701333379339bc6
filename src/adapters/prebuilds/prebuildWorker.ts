import { parentPort, workerData } from 'node:worker_threads';
import { explainPrebuild, preparePrebuild } from '../../core/preparePrebuild';
import { cachingFileTree } from '../files/nodeFileTree';
import type { CachingFileTreeSettings } from '../files/nodeFileTree';
import { answerOf } from './messages';
import type { Answer, Question } from './messages';

/** How long the thread stays for the next question, in milliseconds. */
const IDLE = 5 * 60_000;

const port = parentPort;
const tree = cachingFileTree(workerData as CachingFileTreeSettings);
const leave = setTimeout(() => port?.close(), IDLE);

port?.on('message', (question: Question) => {
  port.postMessage(answerTo(question));
  leave.refresh();
});

function answerTo({ verb, request }: Question): Answer {
  try {
    const prepare = verb === 'explain' ? explainPrebuild : preparePrebuild;
    return { kind: 'prepared', prebuild: prepare(tree, request) };
  } catch (error) {
    return answerOf(error);
  }
}
