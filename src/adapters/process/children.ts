import { readFile, readdir } from 'node:fs/promises';

/** Tells whether a process has a child that lives; undefined where this system does not say. */
export async function hasChildren(pid: number): Promise<boolean | undefined> {
  switch (process.platform) {
    case 'linux':
      return hasChildrenInProc(pid);
    case 'darwin':
      return hasChildrenByPs(pid);
    default:
      return undefined;
  }
}

async function hasChildrenInProc(pid: number): Promise<boolean> {
  const names = await readdir('/proc');
  const stats = await Promise.all(
    names
      .filter((name) => /^\d+$/.test(name))
      .map((name) => readFile(`/proc/${name}/stat`, 'latin1').catch(() => '')),
  );
  return stats.some((stat) => {
    // `12 (a name) S 7 …`: the name may hold anything, the state and the parent follow it.
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ', 2);
    return Number(parent) === pid && state !== 'Z';
  });
}

async function hasChildrenByPs(pid: number): Promise<boolean> {
  const [{ execFile }, { promisify }] = await Promise.all([
    import('node:child_process'),
    import('node:util'),
  ]);
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'ppid=,stat=']);
  return stdout.split('\n').some((line) => {
    const [parent, state = ''] = line.trim().split(/\s+/);
    return Number(parent) === pid && !state.startsWith('Z');
  });
}
