// Each of the nine triggers by the tap of a finger, to the row in the database.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { openShop, until } from './support/shop.mjs';

const PRODUCT = { product: '明前龙井 250g', price: '129.00', quantity: 1 };
const AMOUNT = { amount: '258.00' };

const CASES = [
  { act: '加入购物车', taps: ['加入购物车'], busNo: 'product-1001', extra: PRODUCT, templates: 2 },
  {
    act: '订单详情',
    tab: '订单',
    taps: ['订单详情'],
    busNo: 'order-20260401-0007',
    extra: {},
    templates: 3,
  },
  {
    act: '提交订单',
    tab: '订单',
    taps: ['提交订单'],
    busNo: 'order-20260401-0007',
    extra: AMOUNT,
    templates: 2,
  },
  {
    act: '企业信息',
    tab: '企业',
    taps: ['提交企业信息'],
    busNo: 'company-310',
    extra: { companyName: '清和贸易有限公司' },
    templates: 1,
  },
  {
    act: '切换企业身份',
    tab: '企业',
    taps: ['半山茶室'],
    busNo: 'company-311',
    extra: { identity: '半山茶室' },
    templates: 2,
  },
  {
    act: '提交售后申请（退货退款）',
    tab: '售后',
    taps: ['申请退货退款'],
    busNo: 'after-sale-0042',
    extra: AMOUNT,
    templates: 3,
  },
  {
    act: '提交售后申请（仅退款）',
    tab: '售后',
    taps: ['申请仅退款'],
    busNo: 'after-sale-0042',
    extra: AMOUNT,
    templates: 2,
  },
];

/** Waits until every template that the page on top asks for is there. */
async function prefetched({ panel }) {
  await until(async () => {
    const asked = await panel.requests.count();
    return (
      asked > 0 &&
      (await panel.eventNames()).filter((name) => name === 'templatesFound').length === asked
    );
  }, 'the templates');
}

/** Checks the one row that the back end holds. */
async function assertStored(shop, { busNo, extra, templates }) {
  const [row, ...more] = await until(async () => {
    const rows = await shop.rows();
    return rows.length > 0 && rows;
  }, 'a row');
  assert.deepEqual(more, []);
  assert.equal(row.busNo, busNo);
  assert.equal(row.openId, shop.openId);
  assert.deepEqual(row.extraVariableMap, extra);
  assert.equal(row.agreeTemplateIds.length, templates);
  assert.deepEqual(row.rejectTemplateIds, []);
  assert.equal((await shop.grants()).filter(({ state }) => state === 'open').length, templates);
}

for (const { act, tab, taps, ...expected } of CASES) {
  test(`${act}: the popup opens in the tap, and what is allowed is stored`, async (t) => {
    const shop = await openShop(t);
    if (tab) await shop.phone.tab(tab);
    await prefetched(shop);
    for (const text of taps) await shop.phone.tap(text);
    await shop.phone.sheet.opens();
    await shop.phone.sheet.allow();
    await shop.phone.shows('已订阅');
    await assertStored(shop, expected);
  });
}

test('支付成功: the popup opens in the callback of the payment', async (t) => {
  const shop = await openShop(t);
  await shop.phone.tab('订单');
  await shop.phone.tap('提交订单');
  await shop.phone.sheet.cancel();
  await shop.phone.tap('立即支付');
  await shop.phone.press('确认支付');
  await shop.phone.sheet.opens();
  await shop.phone.sheet.allow();
  await shop.phone.shows('已订阅');
  const rows = await until(async () => {
    const all = await shop.rows();
    return all.length === 2 && all;
  }, 'both rows');
  assert.deepEqual(
    rows.map(({ agreeTemplateIds }) => agreeTemplateIds.length),
    [0, 3],
  );
});

test('支付成功: a payment that is cancelled asks nothing', async (t) => {
  const shop = await openShop(t);
  await shop.phone.tab('订单');
  await shop.phone.tap('提交订单');
  await shop.phone.sheet.cancel();
  await shop.phone.tap('立即支付');
  await shop.phone.press('取消支付');
  await shop.phone.shows('待支付');
  assert.equal(await shop.phone.sheet.root.count(), 0);
});

test('填写退货信息: with the number that was typed in', async (t) => {
  const shop = await openShop(t);
  await shop.phone.tab('售后');
  await prefetched(shop);
  await shop.phone.shown.locator('input').fill('SF123');
  await shop.phone.tap('提交退货信息');
  await shop.phone.sheet.allow();
  await shop.phone.shows('已订阅');
  await assertStored(shop, {
    busNo: 'after-sale-0042',
    extra: { trackingNumber: 'SF123' },
    templates: 2,
  });
});
