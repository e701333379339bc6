const PROTOCOL = /^([a-zA-Z0-9]+):\/\//;
const SSH_SHORTHAND = /^[a-zA-Z0-9-_]+@[a-zA-Z0-9-.]+:/;

/**
 * Whether the builder fetches a source of ADD from elsewhere: a git repository or a file by HTTP. Anything
 * else is a path, `ftp://x` and `github.com/a/b` too (buildkit dfgitutil/git_ref.go, gitutil/git_url.go).
 */
export function isRemoteSource(source: string): boolean {
  if (source.startsWith('http://') || source.startsWith('https://')) {
    return true;
  }
  const protocol = PROTOCOL.exec(source)?.[1]?.toLowerCase();
  switch (protocol) {
    case undefined:
      return !source.startsWith('github.com/') && SSH_SHORTHAND.test(source);
    case 'ssh':
    case 'git':
      return isUrl(source);
    case 'http':
    case 'https':
      // In capitals only a repository is known: `HTTPS://x/y.git`.
      return isUrl(source) && new URL(source).pathname.endsWith('.git');
    default:
      return false;
  }
}

function isUrl(text: string): boolean {
  return URL.canParse(text);
}
