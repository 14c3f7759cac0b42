// wx.request of the phone through the server: the results, and the hosts that
// are never called.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';

import { forward } from '../../server/forward.mjs';
import { jsonOf, sendJson, textOf } from '../../server/http.mjs';
import { post, serve } from './support.mjs';

const ORIGIN = 'http://127.0.0.1:8787';

test('a request reaches the back end as it was sent, and its answer comes back as text', async (t) => {
  const url = await serve(t, {
    'POST /echo': async (request, response) => {
      const { 'idempotency-key': key, 'content-type': type } = request.headers;
      sendJson(response, 201, { key, type, body: await textOf(request), path: request.url });
    },
  });
  const answer = await forward(
    {
      url: `${ORIGIN}/echo?a=1`,
      method: 'POST',
      header: { 'content-type': 'application/json', 'Idempotency-Key': 'k1' },
      data: '{"busNo":"茶"}',
    },
    new Map([[ORIGIN, url]]),
  );
  assert.equal(answer.statusCode, 201);
  assert.equal(answer.header['content-type'], 'application/json; charset=utf-8');
  const expected = {
    key: 'k1',
    type: 'application/json',
    body: '{"busNo":"茶"}',
    path: '/echo?a=1',
  };
  assert.deepEqual(JSON.parse(answer.data), expected);
});

/** A server that notes the path and Host of every request. */
async function listening(t, answer = (request, response) => sendJson(response, 200, {})) {
  const seen = [];
  const server = createServer((request, response) => {
    seen.push([request.url, request.headers.host]);
    answer(request, response);
  });
  await new Promise((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const host = `127.0.0.1:${server.address().port}`;
  return { host, url: `http://${host}`, seen };
}

test('no host but the back end is called, however the url is written', async (t) => {
  const backend = await listening(t);
  const { host, url, seen } = await listening(t);
  const domains = new Map([[ORIGIN, backend.url]]);
  for (const other of [
    // Other origins.
    url,
    `${url}/`,
    'http://127.0.0.1:8787.example.com/',
    `http://127.0.0.1:8787@${host}/`,
    `http://127.0.0.1:8787%2f@${host}/`,
    'http://127.0.0.1/',
    'https://127.0.0.1:8787/',
    'http://localhost:8787/',
    'ws://127.0.0.1:8787/',
    'file:///etc/hosts',
    `//${host}/`,
    '/x',
    'no url',
    // User names and passwords.
    'http://user@127.0.0.1:8787/',
    'http://user:secret@127.0.0.1:8787/',
    // Paths that name a host when they are resolved.
    `${ORIGIN}//${host}/x`,
    `${ORIGIN}///${host}/x`,
    `${ORIGIN}/\\${host}/x`,
    `${ORIGIN}\\\\${host}/x`,
    `${ORIGIN}/.//${host}/x`,
    `${ORIGIN}/..//${host}/x`,
    `${ORIGIN}/%2e%2e//${host}/x`,
    `${ORIGIN}/a/../..//${host}/x`,
    `${ORIGIN}/\t/${host}/x`,
    `${ORIGIN}/\n\\${host}/x`,
    `${ORIGIN}//user@${host}/x`,
    // No strings.
    [`${ORIGIN}/`],
    null,
    undefined,
    7,
  ]) {
    const failure = { errMsg: 'request:fail url not in domain list', errno: 600002 };
    assert.deepEqual(await forward({ url: other }, domains), failure, `${other}`);
  }
  assert.deepEqual(seen, []);
  assert.deepEqual(backend.seen, []);
});

test('what looks like a host within a path or a query stays there', async (t) => {
  const backend = await listening(t);
  const { host, url, seen } = await listening(t);
  const domains = new Map([[ORIGIN, backend.url]]);
  const paths = [
    `/x//${host}/`,
    `/${url}/`,
    `/%2f%2f${host}/`,
    `/@${host}/`,
    `/?url=//${host}`,
    `/x;//${host}`,
  ];
  for (const path of paths)
    assert.equal((await forward({ url: ORIGIN + path }, domains)).statusCode, 200, path);
  assert.deepEqual(
    backend.seen,
    paths.map((path) => [path, backend.host]),
  );
  assert.deepEqual(seen, []);
});

test('a redirect is not followed', async (t) => {
  const { url, seen } = await listening(t);
  const backend = await listening(t, (request, response) =>
    response.writeHead(307, { location: `${url}/x` }).end(),
  );
  const answer = await forward(
    { url: `${ORIGIN}/`, method: 'POST', data: '{}' },
    new Map([[ORIGIN, backend.url]]),
  );
  assert.equal(answer.statusCode, 307);
  assert.deepEqual(seen, []);
});

test('headers of the connection are not the sender’s to choose', async (t) => {
  let headers;
  const backend = await listening(t, (request, response) => {
    headers = request.headers;
    sendJson(response, 200, {});
  });
  const header = {
    Host: 'other.example.com',
    Connection: 'upgrade',
    Upgrade: 'websocket',
    'Content-Length': '1',
    'Transfer-Encoding': 'chunked',
    'X-Kept': 'yes',
  };
  const sent = { url: `${ORIGIN}/`, method: 'POST', data: '{"a":1}', header };
  assert.equal((await forward(sent, new Map([[ORIGIN, backend.url]]))).statusCode, 200);
  const {
    host,
    connection,
    upgrade,
    'content-length': length,
    'transfer-encoding': coding,
    'x-kept': kept,
  } = headers;
  assert.deepEqual(
    { host, connection, upgrade, length, coding, kept },
    {
      host: backend.host,
      connection: 'close',
      upgrade: undefined,
      length: '7',
      coding: undefined,
      kept: 'yes',
    },
  );
});

test('what cannot be sent, or is never answered, is a failure', async (t) => {
  const backend = await listening(t);
  const domains = new Map([[ORIGIN, backend.url]]);
  for (const wrong of [
    { header: { 'X-A': 'a\r\nX-B: b' } },
    { header: { 'no name': 'a' } },
    { method: 'GET / HTTP/1.1' },
    { method: 'CONNECT' },
  ]) {
    const { errMsg, errno } = await forward(
      { url: `${ORIGIN}/`, timeout: 2000, ...wrong },
      domains,
    );
    assert.match(errMsg, /^request:fail /);
    assert.ok(errno > 5, errMsg);
  }
  assert.deepEqual(backend.seen, []);
});

test('a back end that is gone or slow fails as on a phone', async (t) => {
  const url = await serve(t, { 'GET /slow': () => {} });
  const slow = await forward({ url: `${ORIGIN}/slow`, timeout: 50 }, new Map([[ORIGIN, url]]));
  assert.deepEqual(slow, { errMsg: 'request:fail timeout', errno: 5 });
  const gone = await forward({ url: `${ORIGIN}/` }, new Map([[ORIGIN, 'http://127.0.0.1:1']]));
  assert.equal(gone.errno, 600001);
  assert.match(gone.errMsg, /^request:fail .*ERR_CONNECTION_REFUSED$/);
});

test('a body must say that it is JSON, so that no page of another origin can send one', async (t) => {
  const url = await serve(t, {
    'POST /order': async (request, response) => sendJson(response, 200, await jsonOf(request)),
  });
  assert.equal((await post(`${url}/order`, { a: 1 })).status, 200);
  assert.equal(
    (await post(`${url}/order`, '{"a":1}', { 'content-type': 'text/plain' })).status,
    415,
  );
  assert.equal((await post(`${url}/order`, '{')).status, 400);
  assert.equal((await post(`${url}/order`, '[]')).status, 400);
  assert.equal((await post(`${url}/order`, `"${'x'.repeat(2 ** 20)}"`)).status, 413);
});
