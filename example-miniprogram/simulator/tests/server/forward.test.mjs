// wx.request of the phone through the server: what comes back, and what is
// never called.
import assert from 'node:assert/strict';
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
  const expected = { key: 'k1', type: 'application/json', body: '{"busNo":"茶"}', path: '/echo?a=1' };
  assert.deepEqual(JSON.parse(answer.data), expected);
});

test('no origin but the mapped one is called', async (t) => {
  let called = 0;
  const url = await serve(t, {
    'GET /': (request, response) => {
      called += 1;
      sendJson(response, 200, {});
    },
  });
  const domains = new Map([[ORIGIN, url]]);
  for (const other of [url, 'http://127.0.0.1:8787.example.com/', 'http://user@127.0.0.1:8788/', 'file:///etc/hosts', 'no url']) {
    assert.deepEqual(await forward({ url: other }, domains), { errMsg: 'request:fail url not in domain list', errno: 600002 });
  }
  assert.equal(called, 0);
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
  assert.equal((await post(`${url}/order`, '{"a":1}', { 'content-type': 'text/plain' })).status, 415);
  assert.equal((await post(`${url}/order`, '{')).status, 400);
  assert.equal((await post(`${url}/order`, '[]')).status, 400);
  assert.equal((await post(`${url}/order`, `"${'x'.repeat(2 ** 20)}"`)).status, 413);
});
