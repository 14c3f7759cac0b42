// The answers of the user, and their effect on the page, the database and the
// next tap.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { openShop, until } from './support/shop.mjs';

const PRICE_DROP = '降价提醒';
const BACK_IN_STOCK = '到货提醒';

/** The titles that each answer at the back end allows and refuses. */
async function answers(shop, count) {
  const rows = await until(async () => {
    const all = await shop.rows();
    return all.length === count && all;
  }, `${count} rows`);
  const { data: templates } = await (
    await fetch(new URL('/backend/templates', shop.page.url()))
  ).json();
  const title = (id) => templates.find(({ templateId }) => templateId === id).title;
  return rows.map(({ agreeTemplateIds, rejectTemplateIds }) => [
    agreeTemplateIds.map(title),
    rejectTemplateIds.map(title),
  ]);
}

test('what is unticked is refused, and the rest allowed', async (t) => {
  const shop = await openShop(t);
  await shop.phone.tap('加入购物车');
  await shop.phone.sheet.tick(BACK_IN_STOCK);
  await shop.phone.sheet.allow();
  await shop.phone.shows('同意 1 个，拒绝 1 个');
  assert.deepEqual(await answers(shop, 1), [[[PRICE_DROP], [BACK_IN_STOCK]]]);
});

test('cancelling refuses all, and the story says what that means', async (t) => {
  const shop = await openShop(t);
  await shop.phone.tap('加入购物车');
  await shop.phone.sheet.cancel();
  await shop.phone.shows('没有订阅');
  assert.deepEqual(await answers(shop, 1), [[[], [PRICE_DROP, BACK_IN_STOCK]]]);
  await shop.panel.hint.getByText('没有同意').waitFor();
  assert.deepEqual(await shop.panel.done(), ['tap']);
});

test('a choice that is kept answers the second tap without a sheet, and the settings change it', async (t) => {
  const shop = await openShop(t);
  const { phone } = shop;
  await phone.tap('加入购物车');
  await phone.sheet.keep();
  await phone.sheet.allow();
  await answers(shop, 1);

  await phone.tap('加入购物车');
  await answers(shop, 2);
  assert.equal(await phone.sheet.root.count(), 0);

  await phone.press('更多');
  await phone.press('设置');
  await shop.page.getByRole('switch', { name: PRICE_DROP }).click();
  await phone.press('返回');
  await phone.tap('加入购物车');
  const both = [[PRICE_DROP, BACK_IN_STOCK], []];
  assert.deepEqual(await answers(shop, 3), [both, both, [[BACK_IN_STOCK], [PRICE_DROP]]]);
});

test('the main switch, turned off in the settings, ends in an offer to turn it on, and the next tap asks', async (t) => {
  const shop = await openShop(t);
  const { phone, panel, page } = shop;
  await phone.press('更多');
  await phone.press('设置');
  await page.getByRole('switch', { name: '接收订阅消息' }).click();
  await phone.press('返回');
  await phone.tap('加入购物车');
  await phone.shows('总开关关着');
  await panel.openTab('faults');
  assert.equal(await page.locator('[data-switch=mainSwitchOff]').isChecked(), true);

  await phone.tap('打开订阅设置');
  await page.getByRole('switch', { name: '接收订阅消息' }).click();
  await phone.press('返回');
  await phone.tap('加入购物车');
  await phone.sheet.opens();
  assert.equal(await page.locator('[data-switch=mainSwitchOff]').isChecked(), false);
});

test('the events of one consent are told in their order, with their requests', async (t) => {
  const shop = await openShop(t);
  await shop.phone.tap('加入购物车');
  await shop.phone.sheet.allow();
  await shop.panel.step('stored').waitFor();
  const [first, ...names] = await shop.panel.eventNames();
  assert.equal(first, 'templatesFound');
  // The page fetches the templates of its next tap meanwhile.
  assert.deepEqual(
    names.filter((name) => name !== 'templatesFound'),
    ['popupRequested', 'popupAnswered', 'reportQueued', 'reportSent'],
  );
  await shop.panel.openTab('requests');
  const asked = shop.panel.requests.first();
  assert.match(await asked.innerText(), /POST \/findCustomerPopTemplate/);
  const reported = shop.panel.requests.filter({ hasText: 'popSubscribeResult' });
  await reported.locator('summary').click();
  const text = await reported.innerText();
  assert.match(text, /POST \/popSubscribeResult/);
  assert.match(text, /Idempotency-Key: \S{16,}/);
  assert.match(text, /"busNo": "product-1001"/);
  assert.match(text, /"stored": true/);
});

test('an answer outlives a relaunch, and “start over” makes a new user', async (t) => {
  const shop = await openShop(t);
  await shop.subscribe();
  await shop.panel.action('重新启动');
  await shop.phone.shows('订阅的结果会显示在这里');
  assert.deepEqual(await shop.panel.done(), ['tap', 'allow', 'stored']);
  await shop.panel.action('全部重来');
  await until(
    async () => (await shop.page.locator('.open-id').textContent()) !== shop.openId,
    'another user',
  );
  await until(async () => (await shop.panel.done()).length === 0, 'a story from its start');
  assert.equal(await shop.panel.grants.count(), 0);
});

test('the list shows the whole way: launch, prefetch, tap with its handler, outcome, top-up, order and arrival', async (t) => {
  const shop = await openShop(t);
  const { page, phone, panel } = shop;
  const row = (kind) => panel.timeline.locator(`[data-kind=${kind}]`);
  await phone.tap('加入购物车');
  await phone.sheet.keep();
  await phone.sheet.allow();
  await panel.step('stored').waitFor();
  await phone.tap('加入购物车');
  const toppedUp = panel.timeline.locator('[data-top-up]');
  await toppedUp.getByText('静默续上一份').waitFor();
  assert.equal(await toppedUp.count(), 1);
  await panel.send('priceDrop');
  await row('order').getByText('已发送「降价提醒」').waitFor();
  await row('arrival').getByText('降价提醒').waitFor();
  await panel.send('shipped');
  await row('order').getByText('没有「订单发货通知」的额度').waitFor();

  const kinds = await panel.timeline
    .locator('.row')
    .evaluateAll((rows) => rows.map((one) => one.dataset.kind));
  const order = ['launch', 'templates', 'tap', 'outcome', 'order', 'arrival'];
  // An arrival and the answer to its order come at the same time.
  const firsts = order.map((kind) => kinds.indexOf(kind));
  assert.ok(
    firsts.every((at) => at >= 0),
    String(kinds),
  );
  assert.deepEqual(
    firsts.slice(0, 4),
    firsts.slice(0, 4).toSorted((one, two) => one - two),
  );
  await row('templates').first().getByText('预取模板').waitFor();

  await row('tap').first().locator('summary').click();
  const source = await row('tap').first().locator('.json').innerText();
  assert.match(source, /^onAddToCart\(\) \{/);
  assert.match(source, /this\.ask\(/);

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: '导出' }).click(),
  ]);
  const text = await readFile(await download.path(), 'utf8');
  const session = JSON.parse(text);
  assert.equal(text.includes(shop.openId), false);
  assert.ok(session.timeline.some(({ kind }) => kind === 'tap'));
  assert.ok(session.exchanges.length > 0);
  assert.equal(session.diagnosis.found.status, 'running');
});

test('a tap without a prefetch says so', async (t) => {
  const { phone, panel } = await openShop(t);
  await panel.turn('offline');
  await phone.tab('订单');
  await panel.events('templatesFailed').nth(2).waitFor({ state: 'attached' });
  await panel.turn('offline');
  await phone.tap('订单详情');
  await phone.sheet.opens();
  await panel.timeline.getByText('没有预取，点击时向后端要模板').waitFor();
});
