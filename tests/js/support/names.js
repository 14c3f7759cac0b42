// What the module's exports and imports were called before the build shortened
// their names.
'use strict';

const fs = require('node:fs');
const path = require('node:path');

const FILE = path.resolve(__dirname, '../../../js-glue/generated/names.json');

const { exports: exported, imports: imported } = JSON.parse(fs.readFileSync(FILE, 'utf8'));
const longNames = new Map(Object.entries(exported).map(([long, short]) => [short, long]));

/** The name of an export in `src/js.rs`, by its name in the module. */
const longNameOf = (name) => longNames.get(name) || name;

/** The glue's members by the names that the generator gave them. */
const withLongNames = (imports) =>
  Object.fromEntries(Object.entries(imported).map(([long, short]) => [long, imports[short]]));

exports.longNameOf = longNameOf;
exports.withLongNames = withLongNames;
