// What a tap would do, and what it does: by what the user keeps (总是保持以上选择)
// in the consent sheet and the settings.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { openShop, until } from './support/shop.mjs';

const PRICE_DROP = '降价提醒';
const ASKS = '同意一次，提醒一次';
const SILENT = '已开启，加购时自动续上';
const BLOCKED = '已关闭，收不到提醒';

/** Answers the sheet of 加入购物车. */
async function answer({ phone }, { allow, keep }) {
  await phone.tap('加入购物车');
  await phone.sheet.opens();
  if (keep) await phone.sheet.keep();
  await (allow ? phone.sheet.allow() : phone.sheet.cancel());
  await phone.shows(allow ? '已订阅' : '没有订阅');
}

/** Waits until the SDK has skipped a popup for this reason, and checks that no sheet is there. */
async function assertSkipped({ phone, panel }, reason) {
  assert.match(
    await panel.events('skipped').last().locator('.json').textContent(),
    new RegExp(`"reason": "${reason}"`),
  );
  assert.equal(await phone.sheet.root.count(), 0);
}

/** The open grants of 降价提醒. */
const openGrants = async (shop) =>
  (await shop.grants()).filter(({ title, state }) => title === PRICE_DROP && state === 'open')
    .length;

describe('the row 降价提醒 says what a tap would do', () => {
  test('ask: nothing is kept, and the tap opens the sheet', async (t) => {
    const shop = await openShop(t);
    await shop.phone.shows(ASKS);
    await shop.phone.tap('提醒我');
    await shop.phone.sheet.opens();
  });

  test('silent: each tap earns a grant, and no sheet opens', async (t) => {
    const shop = await openShop(t);
    const { phone, panel } = shop;
    await answer(shop, { allow: true, keep: true });
    await phone.shows(SILENT);
    for (const grants of [2, 3]) {
      await phone.tap('加入购物车');
      await until(async () => (await openGrants(shop)) === grants, `${grants} grants`);
      assert.equal(await phone.sheet.root.count(), 0);
    }
    assert.match(
      await panel.events('popupAnswered').last().locator('.json').textContent(),
      /"topUp": true/,
    );

    await shop.relaunch();
    await phone.shows(SILENT);
    await phone.tap('加入购物车');
    await until(async () => (await openGrants(shop)) === 4, 'a grant of the first tap');
    assert.equal(await phone.sheet.root.count(), 0);
  });

  test('nothing: without a template to ask for there is no row', async (t) => {
    const shop = await openShop(t);
    const { phone, panel } = shop;
    await panel.turn('noTemplates');
    await shop.relaunch();
    await phone.tap('加入购物车');
    await phone.shows('不需要询问');
    await phone.shown.getByText(PRICE_DROP).waitFor({ state: 'detached' });
  });

  test('blocked by the main switch: the row leads to the settings, and back to asking', async (t) => {
    const shop = await openShop(t);
    const { phone, panel, page } = shop;
    await panel.turn('mainSwitchOff');
    await shop.relaunch();
    await phone.shows(BLOCKED);
    await phone.tap('去设置');
    await page.getByRole('dialog').getByText('请在设置里打开“接收订阅消息”。').waitFor();
    await phone.press('去设置');
    await page.getByRole('switch', { name: '接收订阅消息' }).click();
    await phone.press('返回');
    await phone.shows(ASKS);
    await phone.tap('加入购物车');
    await phone.sheet.opens();
  });

  test('blocked by kept refusals: the page says so, and the settings take one back', async (t) => {
    const shop = await openShop(t);
    const { phone, page } = shop;
    await answer(shop, { allow: false, keep: true });
    await phone.shows('其中 2 个设为总是拒绝，以后不再询问');
    await phone.shows(BLOCKED);
    await phone.tap('去设置');
    await page.getByRole('dialog').getByText('请在设置里打开“降价提醒”。').waitFor();
    await phone.press('取消');
    await phone.shows(BLOCKED);
    await phone.tap('去设置');
    await phone.press('去设置');
    await page.getByRole('switch', { name: PRICE_DROP }).click();
    await phone.press('返回');
    await phone.shows(SILENT);
    await phone.tap('加入购物车');
    await until(async () => (await openGrants(shop)) === 1, 'the grant');
    assert.equal(await phone.sheet.root.count(), 0);
  });
});

describe('a tap opens no sheet', () => {
  test('notKept: one popup a visit, if nothing is kept', async (t) => {
    const shop = await openShop(t);
    const { phone } = shop;
    await answer(shop, { allow: true, keep: false });
    await phone.tap('加入购物车');
    await phone.shows('没有打扰');
    await phone.shows('购物车里有 2 件');
    await assertSkipped(shop, 'notKept');

    // Another visit may ask again.
    await phone.tab('订单');
    await phone.tab('商品');
    await phone.tap('加入购物车');
    await phone.sheet.opens();
  });

  test('coolDown: after a refusal of everything, over a relaunch; 提醒我 asks all the same', async (t) => {
    const shop = await openShop(t);
    const { phone } = shop;
    await answer(shop, { allow: false, keep: false });
    await shop.relaunch();
    await phone.tap('加入购物车');
    await phone.shows('不久前都拒绝了');
    await assertSkipped(shop, 'coolDown');
    await phone.tap('提醒我');
    await phone.sheet.opens();
  });

  test('aborted: the page was left before its templates came', async (t) => {
    const shop = await openShop(t);
    const { phone, panel } = shop;
    await panel.turn('slowNetwork');
    await panel.action('重新启动');
    await phone.shows('订阅的结果会显示在这里');
    await phone.tap('加入购物车');
    await phone.shows('购物车里有 1 件');
    await phone.tab('订单');
    await panel.events('skipped').waitFor();
    await assertSkipped(shop, 'aborted');
    await phone.tab('商品');
    await phone.shows('页面已经离开，没有弹窗');
  });
});
