import { parentPort, workerData } from 'node:worker_threads';
import { contextDigest, explainPrebuild, preparePrebuild } from '../../core/preparePrebuild';
import type { PrebuildRequest } from '../../core/preparePrebuild';
import { cachingFileTree } from '../files/nodeFileTree';
import type { CachingFileTreeSettings } from '../files/nodeFileTree';
import { answerOf } from './messages';
import type { Answer, Question, Results } from './messages';

/** How long the thread stays for the next question, in milliseconds. */
const IDLE = 5 * 60_000;

const port = parentPort;
const tree = cachingFileTree(workerData as CachingFileTreeSettings);
const leave = setTimeout(() => port?.close(), IDLE);

port?.on('message', (question: Question) => {
  port.postMessage(answerTo(question));
  leave.refresh();
});

const WORK: { readonly [V in keyof Results]: (request: PrebuildRequest) => Results[V] } = {
  prepare: (request) => preparePrebuild(tree, request),
  explain: (request) => explainPrebuild(tree, request),
  contextDigest: (request) => contextDigest(tree, request),
};

function answerTo({ verb, request }: Question): Answer {
  try {
    return { kind: 'done', result: WORK[verb](request) };
  } catch (error) {
    return answerOf(error);
  }
}
