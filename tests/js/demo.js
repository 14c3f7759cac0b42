// One subscription from tap to database: the example's product page against a
// running back end, with what goes over the wire.
//
//   WX_SUBSCRIBE_BACKEND_URL=http://127.0.0.1:8787 node demo.js
//
// Exits with 0 only if the database holds exactly what was answered.
'use strict';

const assert = require('node:assert/strict');

const { subscriptions } = require('./support/backend.js');
const { createFakeWx } = require('./support/fake-wx.js');
const { createHttpTransport } = require('./support/http-transport.js');
const { launch, until } = require('./support/miniprogram.js');

let steps = 0;
function step(text) {
  steps += 1;
  console.log(`${String(steps).padStart(2)}. ${text}`);
}

const detail = (label, text) => console.log(`      ${label.padEnd(9)} ${text}`);

function printExchange({ method, url, header, body }, outcome) {
  const key = header['idempotency-key'];
  step(`${method} ${new URL(url).pathname}`);
  if (key) detail('key', `Idempotency-Key: ${key}`);
  detail('sent', body);
  if (outcome.errMsg) detail('failed', outcome.errMsg);
  else detail('answered', `${outcome.statusCode} ${outcome.body}`);
}

async function demo(url) {
  const answered = [];
  const transport = createHttpTransport({
    onExchange(request, outcome) {
      answered.push(outcome);
      printExchange(request, outcome);
    },
  });
  const fake = createFakeWx({ transport });

  step('The mini-program is launched and shows its product page');
  const app = launch({ fake, baseUrl: url });
  try {
    const page = app.openPage('pages/product/index');
    const openId = fake.wx.getStorageSync('openId');
    detail('openId', openId);
    await until(() => answered.length > 0, () => 'the templates');

    await page.tap('.step-more');
    step('A finger sets the quantity to 2 and taps 加入购物车');
    await page.tap('加入购物车');

    const { tmplIds, answer } = await until(() => fake.popup, () => `the popup: ${page.text()}`);
    step(`The popup asks about ${tmplIds.length} templates, within the tap`);
    tmplIds.forEach((id) => detail('template', id));

    const [accepted, ...rejected] = tmplIds;
    step('The user accepts the first and rejects the rest');
    answer({ [accepted]: 'accept' });
    await page.shows('已订阅');
    const { pending } = await app.sdk.flushReports();
    assert.equal(pending, 0, 'a report is still waiting');

    step('The page shows');
    detail('outcome', JSON.stringify(page.data().outcome));
    detail('text', page.text());

    const rows = await subscriptions(url, openId);
    step(`GET /subscriptions?openId=${openId}`);
    detail('answered', JSON.stringify(rows));

    assert.equal(rejected.length, 1, '加入购物车 should offer two templates');
    assert.deepEqual(
      rows.map(({ id, createdAt, ...row }) => row),
      [
        {
          busNo: 'product-1001',
          extraVariableMap: { price: '129.00', quantity: 2 },
          openId,
          agreeTemplateIds: [accepted],
          rejectTemplateIds: rejected,
        },
      ],
    );
    step('The database holds exactly what was answered');
  } finally {
    app.close();
  }
}

async function main() {
  const url = process.env.WX_SUBSCRIBE_BACKEND_URL;
  if (!url) {
    throw new Error(
      'WX_SUBSCRIBE_BACKEND_URL must be the address of a running wx-subscribe-backend: run `cargo xtask demo --once`',
    );
  }
  await demo(url);
}

main().catch((error) => {
  console.error(`\nThe demo failed: ${error.message}`);
  process.exitCode = 1;
});
