/**
 * A signal that is aborted after a time, or with another signal. `AbortSignal.timeout` will not do where signals
 * are combined: `AbortSignal.any` holds it weakly, so that it is collected as garbage, and never fires
 * (seen with Node 20.20: a question to a program that hangs was never given up).
 */
export class TimeBound {
  private readonly over = new AbortController();
  private readonly timer: NodeJS.Timeout;
  readonly signal: AbortSignal;

  /** `end` must follow, or the process waits for the time. */
  constructor(milliseconds: number, signal: AbortSignal) {
    this.timer = setTimeout(() => {
      this.over.abort(new Error('the time is over'));
    }, milliseconds);
    this.signal = AbortSignal.any([signal, this.over.signal]);
  }

  get isOver(): boolean {
    return this.over.signal.aborted;
  }

  end(): void {
    clearTimeout(this.timer);
  }
}
