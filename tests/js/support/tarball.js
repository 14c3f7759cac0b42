// The package as npm would publish it.
'use strict';

const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.resolve(__dirname, '../../..');

/** The path of the tarball of `cargo xtask pack`. */
function tarball() {
  const { version } = JSON.parse(fs.readFileSync(path.join(ROOT, 'js-glue/package.json'), 'utf8'));
  const file = path.join(ROOT, 'dist', `wx-subscribe-${version}.tgz`);
  if (!fs.existsSync(file)) throw new Error(`${file} is not there: run \`cargo xtask pack\``);
  return file;
}

exports.tarball = tarball;
