// Storage, requests, wasm, dialogs and the log.
import assert from 'node:assert/strict';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { FIXTURE, openPhone, temporaryFolder } from './support/browser.mjs';

/** `(func (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add)` */
const ADD = Buffer.from(
  '0061736d0100000001070160027f7f017f030201000707010361646400000a09010700200020016a0b',
  'hex',
);

async function openApis(t, options = {}) {
  const phone = await openPhone(t, options);
  await phone.call('notify', {
    id: '打开',
    templateId: '',
    title: '打开',
    fields: [],
    page: 'pages/apis/index',
    at: 0,
  });
  await phone.banner('打开').click();
  await phone.onPage('pages/apis/index');
  return phone;
}

/** A back end that answers what it got. */
function createEcho() {
  const requests = [];
  return {
    requests,
    async answer(request) {
      requests.push(request);
      if (request.url.endsWith('/slow')) await new Promise((resolve) => setTimeout(resolve, 400));
      return {
        statusCode: 201,
        header: { 'content-type': 'application/json' },
        data: '{"ok":true}',
      };
    },
  };
}

test('storage keeps types, as copies', async (t) => {
  const phone = await openApis(t);
  await phone.tap('store types');
  assert.deepEqual(await phone.result('stored'), [
    'String "x"',
    'Number 1.5',
    'Boolean false',
    'Object {"a":[1]}',
    'Array [1,2]',
    'Date "1970-01-01T00:00:00.000Z"',
    'Null null',
    'undefined',
  ]);
  assert.deepEqual(await phone.result('info'), [
    'array',
    'date',
    'no',
    'null',
    'number',
    'object',
    'text',
    'undefined',
  ]);
  await phone.tap('store a copy');
  assert.deepEqual(await phone.result('copy'), { a: 1 });
});

test('what storage lacks is an empty string, and what it refuses throws', async (t) => {
  const phone = await openApis(t);
  await phone.tap('storage missing');
  assert.equal(await phone.result('missing'), 'String ""');
  assert.deepEqual(await phone.result('getStorage fail'), {
    errMsg: 'getStorage:fail data not found',
  });
  assert.match(await phone.result('no key'), /^threw setStorageSync:fail parameter error/);
  assert.match(await phone.result('too big'), /^threw setStorageSync:fail entry size limit/);
  assert.match(await phone.result('function'), /^threw setStorageSync:fail .* Function/);
});

test('storage has promises, outlives a launch, and ends with a reset', async (t) => {
  const phone = await openApis(t);
  await phone.tap('storage async');
  assert.deepEqual(await phone.result('got'), [{ v: 1 }, 'getStorage:ok']);
  assert.deepEqual(await phone.result('left'), [false, 10240]);
  assert.deepEqual(await phone.result('cleared'), []);
  const stored = () =>
    phone.page.evaluate(
      () => Object.keys(localStorage).filter((name) => name.includes(':storage:')).length,
    );
  await phone.tap('store a copy');
  await phone.result('copy');
  await phone.call('launch');
  assert.equal(await stored(), 1);
  await phone.call('reset');
  assert.equal(await stored(), 0);
});

test('a request goes to the server with lower-case headers and JSON, and its answer is parsed', async (t) => {
  const { requests, answer } = createEcho();
  const phone = await openApis(t, { answer });
  await phone.tap('post');
  assert.deepEqual(await phone.result('post success'), {
    data: { ok: true },
    statusCode: 201,
    header: { 'content-type': 'application/json' },
    cookies: [],
    errMsg: 'request:ok',
  });
  assert.deepEqual(requests[0], {
    url: 'http://127.0.0.1:1/path',
    method: 'POST',
    header: { 'content-type': 'application/json', 'x-a': '1' },
    data: '{"a":"茶"}',
    timeout: 60000,
  });
  await phone.tap('task');
  assert.equal(await phone.result('task'), true);
  const [sent, answered] = await phone.entries('request');
  assert.deepEqual(
    [sent.phase, sent.body, answered.phase, answered.statusCode],
    ['sent', { a: '茶' }, 'answered', 201],
  );
  assert.deepEqual([answered.response, answered.id], [{ ok: true }, sent.id]);
});

test('data of a GET is its query, a form is encoded, and another dataType leaves text', async (t) => {
  const { requests, answer } = createEcho();
  const phone = await openApis(t, { answer });
  await phone.tap('get');
  await phone.result('get success');
  await phone.tap('form');
  await phone.result('form success');
  assert.equal(requests[0].url, 'http://127.0.0.1:1/path?x=1&a=%E8%8C%B6&b=2');
  assert.equal(requests[0].data, null);
  assert.equal(requests[1].data, 'a=x%20y');
  await phone.tap('text');
  assert.equal((await phone.result('text success')).data, '{"ok":true}');
});

test('a request fails after its timeout, by abort, without a network, and as the back end fails', async (t) => {
  const { answer } = createEcho();
  const phone = await openApis(t, { answer });
  await phone.tap('slow');
  assert.deepEqual(await phone.result('slow fail'), { errMsg: 'request:fail timeout', errno: 5 });
  await phone.tap('abort');
  assert.deepEqual(await phone.result('abort fail'), {
    errMsg: 'request:fail abort',
    errno: 600003,
  });
  await phone.call('setFaults', { backendStatus: 500 });
  await phone.tap('get');
  assert.equal((await phone.result('get success')).statusCode, 500);
  await phone.call('setFaults', { backendStatus: null, offline: true });
  await phone.tap('post');
  assert.match(
    (await phone.result('post fail')).errMsg,
    /^request:fail .*ERR_INTERNET_DISCONNECTED/,
  );
});

test('WXWebAssembly takes paths of the package only, and answers { instance }', async (t) => {
  const folder = await temporaryFolder(t);
  await cp(FIXTURE, folder, { recursive: true });
  await mkdir(path.join(folder, 'lib'));
  await writeFile(path.join(folder, 'lib/add.wasm'), ADD);
  const phone = await openApis(t, { folder });
  await phone.tap('wasm');
  assert.deepEqual(await phone.result('by path'), [['instance'], 5]);
  assert.deepEqual(await phone.result('without a slash'), [['instance'], 5]);
  assert.match((await phone.result('gone'))[1], /file not found: \/lib\/gone\.wasm/);
  assert.match((await phone.result('by address'))[1], /not support wxfile: or http: path/);
  assert.match((await phone.result('by bytes'))[1], /must be a path/);
});

test('wasm that is slow arrives that much later', async (t) => {
  const folder = await temporaryFolder(t);
  await cp(FIXTURE, folder, { recursive: true });
  await mkdir(path.join(folder, 'lib'));
  await writeFile(path.join(folder, 'lib/add.wasm'), ADD);
  const phone = await openApis(t, { folder, faults: { wasmDelayMs: 600 } });
  const start = Date.now();
  await phone.tap('wasm');
  await phone.result('by path');
  assert.ok(Date.now() - start >= 600);
});

test('the network’s state is told, and its changes', async (t) => {
  const phone = await openApis(t);
  await phone.tap('network');
  assert.equal((await phone.result('getNetworkType success')).networkType, 'wifi');
  await phone.call('setFaults', { offline: true });
  assert.deepEqual(await phone.result('changed'), { isConnected: false, networkType: 'none' });
});

test('a modal says what was chosen and written, an action sheet which item', async (t) => {
  const phone = await openApis(t);
  await phone.tap('modal');
  const modal = phone.page.getByRole('dialog', { name: '标题' });
  assert.equal(await modal.textContent(), '标题内容取消好');
  await phone.button('好').click();
  assert.deepEqual(await phone.result('modal success'), {
    confirm: true,
    cancel: false,
    content: null,
    errMsg: 'showModal:ok',
  });
  await phone.tap('editable modal');
  await phone.page.getByRole('dialog', { name: '改名' }).locator('textarea').fill('新');
  await phone.button('确定').click();
  assert.equal((await phone.result('editable modal success')).content, '新');
  await phone.tap('sheet');
  await phone.button('乙').click();
  assert.deepEqual(await phone.result('sheet success'), {
    tapIndex: 1,
    errMsg: 'showActionSheet:ok',
  });
});

test('a toast goes by itself, a loading when it is hidden', async (t) => {
  const phone = await openApis(t);
  const toast = phone.page.getByRole('status');
  await phone.tap('toast');
  assert.equal(await toast.textContent(), '已加入');
  await toast.waitFor({ state: 'detached' });
  await phone.tap('loading');
  assert.equal(await toast.textContent(), '稍候');
  await phone.result('loading success');
  await toast.waitFor({ state: 'detached' });
});

test('the cashier wants its parameters, and the system says what it is', async (t) => {
  const phone = await openApis(t);
  await phone.tap('pay badly');
  assert.match(
    (await phone.result('pay badly fail')).errMsg,
    /parameter\.timeStamp should be String/,
  );
  await phone.tap('system');
  assert.deepEqual(await phone.result('system'), ['number', '3.12.1', 'touristappid']);
});

for (const [when, faults] of [
  ['', {}],
  [', on iOS 15 and below too', { oldPromises: true }],
]) {
  test(`what is thrown or rejected unseen is in the log${when}`, async (t) => {
    const phone = await openApis(t, { faults });
    await phone.tap('throw in a timer');
    await phone.tap('reject unseen');
    await phone.tap('throw in the handler');
    await phone.page.waitForFunction(
      () => window.entries.filter(({ kind }) => kind === 'error').length === 3,
    );
    const texts = (await phone.entries('error')).map(({ text }) => text.split('\n')[0]).sort();
    assert.deepEqual(texts, [
      "TypeError: Cannot read properties of null (reading 'x')",
      "TypeError: Cannot read properties of undefined (reading 'y')",
      'unhandled rejection: Error: unseen',
    ]);
  });
}

test('a page that is logged stays short', async (t) => {
  const phone = await openApis(t);
  await phone.tap('log a page');
  await phone.page.waitForFunction(() => window.entries.at(-1).level === 'log');
  const { text } = (await phone.entries('console')).at(-1);
  assert.ok(text.length < 20_000);
  assert.match(text, /\[1,\{"a":"b"\}\] \[function /);
});
