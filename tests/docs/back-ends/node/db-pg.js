// The pool that the page requires: PostgreSQL as a server.
'use strict';

const { Pool } = require('pg');

module.exports = new Pool({
  host: '127.0.0.1',
  port: Number(process.env.DATABASE_PORT),
  user: 'shop',
  database: 'shop',
});
