export interface StepTime {
  readonly title: string;
  readonly milliseconds: number;
}

/** Prints each step when it begins, and its time when it has ended. */
export class Steps {
  readonly times: StepTime[] = [];

  async run<T>(title: string, work: () => Promise<T>): Promise<T> {
    console.log(`          ${title} …`);
    const began = performance.now();
    const result = await work();
    const milliseconds = performance.now() - began;
    this.times.push({ title, milliseconds });
    console.log(`${durationText(milliseconds).padStart(8)}  ${title}`);
    return result;
  }
}

/** `0.42 s`, `8.1 s`, `2m35s`. */
export function durationText(milliseconds: number): string {
  const seconds = milliseconds / 1_000;
  if (seconds < 60) {
    return `${seconds.toFixed(seconds < 1 ? 2 : 1)} s`;
  }
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}m${String(whole % 60).padStart(2, '0')}s`;
}
