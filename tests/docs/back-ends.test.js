// The servers that the page about back ends shows, as they are: they keep to the
// contract, and no retry counts twice.
//
// Node's is tested everywhere. Java's and Go's need packages of Debian, which
// `cargo xtask test --full` installs; WX_SUBSCRIBE_BACK_ENDS names what to test.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import bareContext from '../js/support/bare-context.js';
import httpTransport from '../js/support/http-transport.js';
import { BUILDS, startBackEnd } from './support/back-ends.js';
import { responseFaults } from './support/contract.js';

const wanted = process.env.WX_SUBSCRIBE_BACK_ENDS?.split(',') ?? ['Node'];

const REPORT = {
  busNo: '商品-1',
  extraVariableMap: { price: '129.00', note: '👍' },
  openId: 'somebody-else',
  agreeTemplateIds: ['priceDropTemplateId', 'backInStockTemplateId'],
  rejectTemplateIds: [],
};
const REFUSAL = { ...REPORT, agreeTemplateIds: [], rejectTemplateIds: ['priceDropTemplateId'] };

function clientOf({ url }) {
  /** Posts, and checks the response against the contract. */
  async function post(path, body, headers = {}) {
    const response = await fetch(`${url}/${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: 'user-1', ...headers },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (response.ok)
      assert.deepEqual(responseFaults(path, response.status, JSON.parse(text)), [], text);
    return { status: response.status, text };
  }
  return {
    post,
    async ask(triggerAct) {
      const { status, text } = await post('findCustomerPopTemplate', {
        triggerAct,
        busNo: '商品-1',
      });
      assert.equal(status, 200, text);
      return JSON.parse(text).data;
    },
    async report(key, body = REPORT) {
      const { status, text } = await post('popSubscribeResult', body, { 'Idempotency-Key': key });
      assert.equal(status, 200, text);
      return JSON.parse(text).stored;
    },
  };
}

for (const name of wanted) {
  assert.ok(
    name in BUILDS,
    `WX_SUBSCRIBE_BACK_ENDS names ${name}, which is none of ${Object.keys(BUILDS)}`,
  );

  describe(`the back end in ${name}`, () => {
    let backEnd;
    before(async () => {
      backEnd = await startBackEnd(name);
    });
    after(() => backEnd?.stop());

    test('keeps to the contract, and stores each report once', async () => {
      const { ask, post, report } = clientOf(backEnd);

      assert.deepEqual(await ask('加入购物车'), ['priceDropTemplateId', 'backInStockTemplateId']);
      assert.deepEqual(await ask('no such scene'), []);

      assert.deepEqual([await report('key1'), await backEnd.grants()], [true, 2]);
      assert.deepEqual([await report('key1'), await backEnd.grants()], [false, 2]);
      assert.deepEqual([await report('key2'), await backEnd.grants()], [true, 4]);
      assert.deepEqual([await report('key3', REFUSAL), await backEnd.grants()], [true, 4]);

      const atOnce = await Promise.all(Array.from({ length: 20 }, () => report('key4')));
      assert.deepEqual([atOnce.filter(Boolean).length, await backEnd.grants()], [1, 6]);

      // A sign-in that is missing must not drop a report.
      const { status } = await post('popSubscribeResult', REPORT, {
        'Idempotency-Key': 'key5',
        Authorization: '',
      });
      assert.deepEqual([status, await backEnd.grants()], [401, 6]);
    });

    test('takes what the SDK sends, from a prefetch to the report', async (t) => {
      const earlier = await backEnd.grants();
      const app = await bareContext.start(t, {
        config: { baseUrl: backEnd.url, header: { authorization: 'user-1' } },
        fake: { transport: httpTransport.createHttpTransport() },
      });
      assert.deepEqual(await app.prefetch(1, '商品-1'), [
        'priceDropTemplateId',
        'backInStockTemplateId',
      ]);
      assert.equal((await app.tap(1, '商品-1', { price: '129.00' })).status, 'answered');
      assert.deepEqual([(await app.flush()).pending, await backEnd.grants()], [0, earlier + 2]);
      assert.ok(app.eventNames().includes('reportSent'));
    });
  });
}
