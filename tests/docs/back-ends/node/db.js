// The pool that the page's server requires: PostgreSQL inside this process.
// And on another port how many grants there are, for the test.
'use strict';

const { readFileSync } = require('node:fs');
const { createServer } = require('node:http');

const { PGlite } = require('@electric-sql/pglite');

const database = new PGlite();
const ready = database.exec(readFileSync(process.env.SCHEMA, 'utf8'));

exports.query = (text, values) => ready.then(() => database.query(text, values));

createServer((_, response) => {
  exports
    .query('SELECT count(*) AS grants FROM subscribe_grant')
    .then(({ rows }) => response.end(String(rows[0].grants)));
}).listen(Number(process.env.GRANTS_PORT), '127.0.0.1');
