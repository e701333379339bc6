/** The label in which images and containers carry what features and configs said of them. */
export const METADATA_LABEL = 'devcontainer.metadata';

/**
 * The user that tools run as: of the label's entries the last that names a `remoteUser`, else the last
 * `containerUser`; undefined where none does (the specification's merge logic).
 */
export function remoteUserOf(label: string | undefined): string | undefined {
  const entries = parseEntries(label);
  const last = (name: string): string | undefined => {
    const values = entries.map((entry) => entry[name]);
    const found = values.findLast((value) => typeof value === 'string' && value !== '');
    return typeof found === 'string' ? found : undefined;
  };
  return last('remoteUser') ?? last('containerUser');
}

function parseEntries(label: string | undefined): readonly Readonly<Record<string, unknown>>[] {
  try {
    const value = JSON.parse(label ?? '[]') as unknown;
    return (Array.isArray(value) ? value : [value]).filter(
      (entry): entry is Readonly<Record<string, unknown>> =>
        typeof entry === 'object' && entry !== null,
    );
  } catch {
    return [];
  }
}
