import { canonicalMountSource, canonicalWord } from './canonicalWord';
import type { CanonicalWord } from './canonicalWord';
import type { Escape } from './directives';
import type { Mount, MountField } from './mounts';

/** Each sets something of its own, and is refused or taken wherever it stands. */
const IN_ANY_ORDER: ReadonlySet<string> = new Set([
  'type',
  'source',
  'target',
  'id',
  'sharing',
  'mode',
  'uid',
  'gid',
  'readonly',
  'readwrite',
]);

type CanonicalField = readonly [key: string, value: CanonicalWord | null];

/**
 * The fields of a mount without `from`: sorted, a source in one spelling, and the type said (buildkit
 * instructions/commands_runmount.go). Where their order may count, they stay as they are: `size` asks what
 * the type is so far, and the last of two counts.
 */
export function canonicalFields(mount: Mount, escape: Escape): readonly CanonicalField[] {
  const fields = mount.fields.filter(({ key }) => key !== 'from');
  if (!areIndependent(fields)) {
    return fields.map(({ key, value }) => [
      key,
      value === undefined ? null : canonicalWord(value, escape),
    ]);
  }
  const written = fields.find(({ key }) => key === 'type')?.value ?? 'bind';
  const type = canonicalWord(written, escape, (text) => text.toLowerCase());
  const isPath = type === 'bind' || type === 'cache';
  const others = fields.flatMap(({ key, value }): readonly CanonicalField[] => {
    if (key === 'type' || value === undefined) {
      return key === 'type' ? [] : [[key, null]];
    }
    if (key !== 'source' || !isPath) {
      return [[key, canonicalWord(value, escape)]];
    }
    const source = canonicalWord(value, escape, canonicalMountSource);
    return source === '/' ? [] : [[key, source]];
  });
  return [['type', type], ...others.sort(([a], [b]) => (a < b ? -1 : 1))];
}

function areIndependent(fields: readonly MountField[]): boolean {
  const keys = new Set(fields.map(({ key }) => key));
  return (
    keys.size === fields.length &&
    !(keys.has('readonly') && keys.has('readwrite')) &&
    fields.every(
      ({ key, value }) =>
        IN_ANY_ORDER.has(key) && (value !== undefined || key === 'readonly' || key === 'readwrite'),
    )
  );
}
