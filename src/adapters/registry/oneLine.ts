/** What others wrote, as one line that fits a message: no control characters, at most 200 characters. */
export function oneLine(text: string): string {
  const line = text
    // eslint-disable-next-line no-control-regex -- a terminal would obey them
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .replace(/ +/g, ' ')
    .trim();
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}
