// What the module's exports were called before the build shortened their names.
'use strict';

const fs = require('node:fs');
const path = require('node:path');

const FILE = path.resolve(__dirname, '../../../js-glue/generated/names.json');

const longNames = new Map(
  Object.entries(JSON.parse(fs.readFileSync(FILE, 'utf8')).exports).map(([long, short]) => [short, long]),
);

/** The name of an export in `src/js.rs`, by its name in the module. */
const longNameOf = (name) => longNames.get(name) || name;

exports.longNameOf = longNameOf;
