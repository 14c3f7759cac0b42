// The part of node:fs that the suites use, over the files in the bundle.
'use strict';

const files = require('embedded-files');

const contents = new Map();

function bytesOf(file) {
  if (!contents.has(file))
    contents.set(
      file,
      Uint8Array.from(files[file], (unit) => unit.charCodeAt(0)),
    );
  return contents.get(file);
}

const existsSync = (file) => Object.prototype.hasOwnProperty.call(files, file);

/** Text files are stored as strings, others with one UTF-16 unit per byte. */
function readFileSync(file, encoding) {
  if (!existsSync(file)) throw new Error(`the bundle carries no ${file}`);
  return encoding === 'utf8' ? files[file] : bytesOf(file);
}

exports.existsSync = existsSync;
exports.readFileSync = readFileSync;
