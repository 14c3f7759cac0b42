// The simulator answers only its own pages on this machine.
import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';

import { localOnly } from '../../server/local.mjs';

/** A server that counts the requests it receives. @returns a function that requests a status */
async function serveLocally(t) {
  let through = 0;
  const server = http.createServer(
    localOnly((request, response) => {
      through += 1;
      response.end();
    }),
  );
  await new Promise((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address();
  const ask = (headers = {}, { method = 'GET', path = '/' } = {}) =>
    new Promise((resolve, reject) => {
      const request = http.request(
        { host: '127.0.0.1', port, method, path, headers, agent: false },
        (response) => {
          response.resume().on('end', () => resolve(response.statusCode));
        },
      );
      request.on('error', reject).end();
    });
  return { port, ask, through: () => through };
}

test('the names of this machine are answered, at the right port', async (t) => {
  const { port, ask } = await serveLocally(t);
  for (const name of ['127.0.0.1', 'localhost', '[::1]', 'LocalHost']) {
    assert.equal(await ask({ host: `${name}:${port}` }), 200, name);
  }
});

test('any other Host is refused, as a page could have its name resolve to this machine', async (t) => {
  const { port, ask, through } = await serveLocally(t);
  for (const host of [
    `shop.example.com:${port}`,
    `localhost.example.com:${port}`,
    `127.0.0.1.example.com:${port}`,
    `example.com@127.0.0.1:${port}`,
    `127.0.0.1:${port}@example.com`,
    `127.0.0.1:${port},example.com`,
    `localhost.:${port}`,
    `0.0.0.0:${port}`,
    `[::]:${port}`,
    `127.0.0.2:${port}`,
    `127.1:${port}`,
    `2130706433:${port}`,
    `127.0.0.1:${port + 1}`,
    `127.0.0.1:0${port}`,
    '127.0.0.1',
    'localhost',
    'localhost:',
    ' ',
  ]) {
    assert.equal(await ask({ host }), 403, host);
    assert.equal(await ask({ host }, { method: 'POST' }), 403, host);
  }
  assert.equal(through(), 0);
});

test('the target names no other host either', async (t) => {
  const { port, ask, through } = await serveLocally(t);
  const host = `127.0.0.1:${port}`;
  for (const path of ['http://shop.example.com/', `http://${host}/`, '//shop.example.com/', '*']) {
    assert.equal(
      await ask({ host }, { path, method: path === '*' ? 'OPTIONS' : 'GET' }),
      403,
      path,
    );
  }
  assert.equal(through(), 0);
});

test('only a page of its own may change something; others may lead to the page', async (t) => {
  const { port, ask, through } = await serveLocally(t);
  const host = `localhost:${port}`;
  const foreign = [
    { origin: 'https://shop.example.com' },
    { origin: `http://127.0.0.1:${port}` },
    { origin: `https://${host}` },
    { origin: 'http://localhost:1' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: `http://${host}`, 'sec-fetch-site': 'cross-site' },
  ];
  for (const headers of foreign) {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      assert.equal(await ask({ host, ...headers }, { method }), 403, JSON.stringify(headers));
    }
  }
  assert.equal(through(), 0);
  assert.equal(await ask({ host, 'sec-fetch-site': 'cross-site' }), 200);
  for (const headers of [
    {},
    { origin: `http://${host}`, 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'none' },
  ]) {
    assert.equal(await ask({ host, ...headers }, { method: 'POST' }), 200, JSON.stringify(headers));
  }
});
