import type { Clock } from './ports';

export interface StepTime<Step extends string = string> {
  readonly step: Step;
  readonly milliseconds: number;
}

/** Measures steps that follow each other: one ends where the next begins. */
export class StepTimer<Step extends string> {
  private readonly ended: StepTime<Step>[] = [];
  private current: { readonly step: Step; readonly since: number } | undefined;

  constructor(private readonly clock: Clock) {}

  /** @returns false where that step is under way already, which then goes on. */
  begin(step: Step): boolean {
    if (this.current?.step === step) {
      return false;
    }
    this.end();
    this.current = { step, since: this.clock.now() };
    return true;
  }

  /** Ends the step under way. @returns all steps so far. */
  end(): readonly StepTime<Step>[] {
    if (this.current !== undefined) {
      const { step, since } = this.current;
      this.ended.push({ step, milliseconds: Math.round(this.clock.now() - since) });
      this.current = undefined;
    }
    return this.ended;
  }
}
