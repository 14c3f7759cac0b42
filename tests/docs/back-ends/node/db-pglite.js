// The pool that the page requires: PostgreSQL inside this process.
'use strict';

const { readFileSync } = require('node:fs');

const { PGlite } = require('@electric-sql/pglite');

const database = new PGlite();
const ready = database.exec(readFileSync('schema.sql', 'utf8'));

exports.query = (text, values) => ready.then(() => database.query(text, values));
