// What the suites use of node:fs, over the files that the bundle carries.
'use strict';

const files = require('embedded-files');

const contents = new Map();

function bytesOf(file) {
  if (!contents.has(file)) contents.set(file, Uint8Array.from(files[file], (unit) => unit.charCodeAt(0)));
  return contents.get(file);
}

const existsSync = (file) => Object.prototype.hasOwnProperty.call(files, file);

/** Text files are carried as text, and others as one unit for each byte. */
function readFileSync(file, encoding) {
  if (!existsSync(file)) throw new Error(`the bundle carries no ${file}`);
  return encoding === 'utf8' ? files[file] : bytesOf(file);
}

exports.existsSync = existsSync;
exports.readFileSync = readFileSync;
