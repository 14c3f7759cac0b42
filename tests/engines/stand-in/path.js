// The part of node:path that the suites use, for absolute paths with slashes.
'use strict';

function normalized(path) {
  const parts = [];
  path.split('/').forEach((part) => {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  });
  return (path.startsWith('/') ? '/' : '') + parts.join('/');
}

const join = (...parts) => normalized(parts.join('/'));

/** For a path within a folder, or one that is none. */
const relative = (folder, path) => {
  const prefix = `${normalized(folder)}/`;
  return path.startsWith(prefix) ? path.slice(prefix.length) : path;
};

exports.join = join;
exports.relative = relative;
exports.resolve = join;
