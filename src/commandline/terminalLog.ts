import type { Log } from '../core/log';
import type { Invocation } from './arguments';
import type { Terminal } from './runInvocation';

/** The log on standard error: warnings always, the rest where everything was asked for. */
export function terminalLog({ error }: Terminal, detail: Invocation['detail']): Log {
  const everything = (message: string): void => {
    if (detail === 'everything') {
      error(message);
    }
  };
  return { trace: everything, debug: everything, info: everything, warn: error, error };
}
