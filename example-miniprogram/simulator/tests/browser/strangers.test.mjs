// The whole server, with requests that must be refused.
import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';

import { startSimulator } from '../../server/simulator.mjs';
import { backendProgram } from './support/shop.mjs';

/** @returns a function that sends a request with any Host and resolves with `{ status, text }` */
async function startAlone(t) {
  const simulator = await startSimulator({ backend: backendProgram() });
  t.after(() => simulator.close());
  const ask = (path, { method = 'GET', body, ...headers } = {}) =>
    new Promise((resolve, reject) => {
      const type = body === undefined ? {} : { 'content-type': 'application/json' };
      const options = { method, headers: { ...type, ...headers }, agent: false };
      const request = http.request(simulator.url + path, options, async (response) => {
        const text = Buffer.concat(await response.toArray()).toString('utf8');
        resolve({ status: response.statusCode, text });
      });
      request.on('error', reject).end(body);
    });
  return { ...simulator, ask };
}

test('a page whose name resolves to this machine gets nothing, from any route', async (t) => {
  const { url, ask } = await startAlone(t);
  const { port } = new URL(url);
  const host = `shop.example.com:${port}`;
  for (const path of [
    '/',
    '/main.js',
    '/miniprogram.json',
    '/backend/templates',
    '/phone/wechat?openId=a',
  ]) {
    assert.equal((await ask(path, { host })).status, 403, path);
  }
  for (const path of [
    '/__request',
    '/backend/sendMessage',
    '/phone/settings',
    '/wechat/cgi-bin/stable_token',
  ]) {
    assert.equal((await ask(path, { host, method: 'POST', body: '{}' })).status, 403, path);
  }
  assert.equal((await ask('/', { host: `localhost:${port}` })).status, 200);
});

test('the phone reaches the back end, and no other server of this machine', async (t) => {
  const { url, ask } = await startAlone(t);
  const request = async (wanted) => {
    const body = JSON.stringify({ url: wanted, method: 'GET' });
    return JSON.parse((await ask('/__request', { method: 'POST', body })).text);
  };
  assert.equal((await request('http://127.0.0.1:8787/templates')).statusCode, 200);
  for (const wanted of [url, `http://127.0.0.1:8787//${new URL(url).host}/miniprogram.json`]) {
    assert.equal((await request(wanted)).errno, 600002, wanted);
  }
});
