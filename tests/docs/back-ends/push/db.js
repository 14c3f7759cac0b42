// The pool that the page requires: PostgreSQL inside this process. On another port
// the test runs SQL, and lets the database hang or fail.
'use strict';

const { readFileSync } = require('node:fs');
const { createServer } = require('node:http');
const { text } = require('node:stream/consumers');

const { PGlite } = require('@electric-sql/pglite');

const database = new PGlite();
const ready = database.exec(readFileSync('schema.sql', 'utf8'));
let state = 'works';

exports.query = async (sql, values) => {
  await ready;
  if (state === 'hangs') await new Promise(() => {});
  if (state === 'fails') throw new Error('no connection');
  return database.query(sql, values);
};

createServer(async (request, response) => {
  await ready;
  const [, word] = request.url.split('/');
  if (word) state = word;
  const sql = await text(request);
  const rows = sql ? (await database.query(sql)).rows : [];
  response.end(JSON.stringify(rows));
}).listen(Number(process.env.CONTROL_PORT), '127.0.0.1');
