/** Ends what was started, the last first. */
export type Ending = () => Promise<unknown>;

/** What was started and must be ended, however the demo ends. */
export class Endings {
  private readonly pending: Ending[] = [];

  add(ending: Ending): void {
    this.pending.push(ending);
  }

  /** Ends everything; one that fails is said and keeps none of the others from ending. */
  async endAll(): Promise<void> {
    for (let ending = this.pending.pop(); ending !== undefined; ending = this.pending.pop()) {
      try {
        await ending();
      } catch (error) {
        console.error(`Something may be left running: ${String(error)}`);
      }
    }
  }
}
