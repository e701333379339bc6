/**
 * Choices drawn from a list of numbers, so that fast-check shrinks what was chosen by shrinking them: 0
 * takes the first, which is the plainest.
 */
export class Dice {
  #next = 0;

  constructor(private readonly rolls: readonly number[]) {}

  /** Where the rolls have run out, 0. */
  roll(): number {
    return this.rolls[this.#next++] ?? 0;
  }

  of<T>(list: readonly [T, ...(readonly T[])]): T;
  of<T>(list: readonly T[]): T | undefined;
  of<T>(list: readonly T[]): T | undefined {
    return list[this.roll() % list.length];
  }

  /** Whether something happens that does so in `percent` of all cases. */
  happens(percent: number): boolean {
    return this.roll() % 100 >= 100 - percent;
  }

  /** One of them, each as often as its weight says. */
  weighted<T>(choices: readonly [readonly [number, T], ...(readonly [number, T])[]]): T {
    const total = choices.reduce((sum, [weight]) => sum + weight, 0);
    let left = this.roll() % total;
    for (const [weight, choice] of choices) {
      left -= weight;
      if (left < 0) {
        return choice;
      }
    }
    return choices[0][1];
  }
}
