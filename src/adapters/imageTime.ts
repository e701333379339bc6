/**
 * When an image was made, as its configuration says in RFC 3339 (OCI image specification, config.md): in
 * milliseconds since 1970; undefined where it says no time.
 */
export function imageTime(text: unknown): number | undefined {
  const time = typeof text === 'string' ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
