import type { BuildEvent } from '../../core/buildEvent';

/**
 * Reads the text of `docker buildx build --progress=plain`, line by line:
 * ```
 * #7 [2/4] RUN make
 * #7 0.401 compiling
 * #7 DONE 1.2s
 * ```
 * The first line of a step names it; then come CACHED, DONE, ERROR, CANCELED, or what it prints, behind
 * the seconds since it began (BuildKit's util/progress/progressui/printer.go).
 */
export class PlainProgress {
  private readonly named = new Set<number>();

  read(line: string): BuildEvent | undefined {
    const match = /^#(\d+) (.*)$/.exec(line);
    if (match === null) {
      return line === '' ? undefined : { kind: 'line', text: line };
    }
    const step = Number(match[1]);
    const text = match[2] ?? '';
    // `#0` is buildx's own: `building with "default" instance using docker driver`.
    if (step === 0) {
      return { kind: 'line', text };
    }
    if (!this.named.has(step)) {
      this.named.add(step);
      return { kind: 'step', step, name: text };
    }
    if (text === 'CACHED') {
      return { kind: 'cached', step };
    }
    const done = /^DONE ([\d.]+)s$/.exec(text);
    if (done !== null) {
      return { kind: 'done', step, seconds: Number(done[1]) };
    }
    const failed = /^ERROR: (.*)$/.exec(text);
    if (failed !== null) {
      return { kind: 'failed', step, reason: failed[1] ?? '' };
    }
    const output = /^\d+\.\d+ (.*)$/.exec(text);
    // A step that pauses for another is named again when it goes on; such a line prints nothing.
    return output === null ? undefined : { kind: 'output', step, text: output[1] ?? '' };
  }
}
