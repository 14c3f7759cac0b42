// Paths inside the code package.

/** `../utils/a`, written in `pages/x/index.js`, → `utils/a`; one that begins with a slash is from the root. */
export function resolvePath(from: string, to: string): string {
  const parts = to.startsWith('/') ? [] : from.split('/').slice(0, -1);
  for (const part of to.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

export type Query = Record<string, string>;

/** A page's address: its path, and the query not decoded, as WeChat hands it over. */
export function parseUrl(url: string, from: string): { path: string; query: Query } {
  const [name = '', search = ''] = url.split('?', 2);
  const query: Query = {};
  search.split('&').forEach((pair) => {
    const at = pair.indexOf('=');
    if (pair) query[at < 0 ? pair : pair.slice(0, at)] = at < 0 ? '' : pair.slice(at + 1);
  });
  return { path: resolvePath(from, name).replace(/\.html$/, ''), query };
}
