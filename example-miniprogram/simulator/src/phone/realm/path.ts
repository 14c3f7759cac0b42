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
