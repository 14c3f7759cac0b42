// From a consent to the message that it allows, by the back end and WeChat.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { openShop, until } from './support/shop.mjs';

/** Waits until the panel says this of the last order to send. */
const says = ({ panel }, text) => panel.result.getByText(text).waitFor();

test('a price drop reaches the phone once, spends the grant, and has none the second time', async (t) => {
  const shop = await openShop(t);
  const { phone, panel } = shop;
  await shop.subscribe();
  await panel.send('priceDrop');
  await phone.banner.getByText('降价提醒').waitFor();
  assert.match(
    await phone.banner.innerText(),
    /商品名称：明前龙井 250g.*原价：¥129.00.*现价：¥116.10/,
  );
  await says(shop, '已发送「降价提醒」');
  await panel.step('arrived').waitFor();
  const states = (await shop.grants()).map(({ title, state }) => [title, state]);
  assert.deepEqual(states, [
    ['降价提醒', 'spent'],
    ['到货提醒', 'open'],
  ]);
  assert.equal(await panel.grants.filter({ hasText: '已用' }).count(), 1);

  await panel.send('priceDrop');
  await says(shop, '没有「降价提醒」的额度');
  assert.equal((await shop.messages()).length, 1);
});

test('a tap on the message leads to its page', async (t) => {
  const shop = await openShop(t);
  await shop.subscribe();
  await shop.phone.tab('企业');
  await shop.panel.send('priceDrop');
  await shop.phone.banner.click();
  await shop.phone.shows('明前龙井');
});

test('a message arrives while the mini-program is in the background', async (t) => {
  const shop = await openShop(t);
  const { phone, panel, page } = shop;
  await shop.subscribe();
  await panel.action('切到后台');
  await panel.send('priceDrop');
  await phone.banner.waitFor();
  await phone.press('服务通知');
  await page.locator('.messages').getByText('降价提醒').waitFor();
  await panel.action('回到前台');
  await phone.shows('明前龙井');
});

for (const [occasion, button, title, tab, tap] of [
  ['shipped', '发货', '订单发货通知', '订单', '订单详情'],
  ['refunded', '退款完成', '退款到账通知', '售后', '申请仅退款'],
]) {
  test(`${button} sends 「${title}」 to who allowed it, and says so to who did not`, async (t) => {
    const shop = await openShop(t);
    await shop.panel.send(occasion);
    await says(shop, `没有「${title}」的额度`);
    await shop.phone.tab(tab);
    await shop.phone.tap(tap);
    await shop.phone.sheet.allow();
    await shop.panel.grants.filter({ hasText: title }).waitFor();
    await shop.panel.send(occasion);
    await shop.phone.banner.getByText(title).waitFor();
  });
}

test('what WeChat refuses is shown in its words, and ends the grant only where nothing else could come of it', async (t) => {
  const shop = await openShop(t);
  const { panel, page } = shop;
  await shop.subscribe();
  const cases = [
    [40037, '40037 invalid template_id', 'open'],
    [45009, '45009 reach max api daily quota limit', 'open'],
    [47003, '47003 argument invalid!', 'open'],
    // One that is refused may be refused for sending too fast: only the second ends the grant.
    [43101, '43101 user refuse to accept the msg', 'open'],
    [43101, '43101 user refuse to accept the msg', 'void'],
  ];
  for (const [at, [errcode, words, state]] of cases.entries()) {
    await panel.failNextSend(errcode);
    await panel.send('priceDrop');
    await says(shop, words);
    const message = await until(async () => {
      const found = (await shop.messages())[at];
      return found?.status === 'failed' && found;
    }, 'the failure');
    assert.deepEqual([message.status, message.errcode], ['failed', errcode]);
    assert.equal((await shop.grants())[0].state, state);
    await until(
      async () => (await page.locator('#next-send-errcode').inputValue()) === '',
      'the choice to go back',
    );
  }
  assert.equal(await shop.phone.banner.count(), 0);
  await panel.openTab('held');
  await panel.grants.filter({ hasText: '作废' }).waitFor();
  assert.equal(await panel.messages.filter({ hasText: '未发成' }).count(), cases.length);
});

test('after an expired token, and after a busy WeChat, the back end sends the message all the same, once', async (t) => {
  const shop = await openShop(t);
  const { panel, phone } = shop;
  for (const [errcode, button] of [
    [42001, '加入购物车'],
    [-1, '提醒我'],
  ]) {
    await phone.tap(button);
    await phone.sheet.allow();
    await panel.grants.filter({ hasText: '降价提醒' }).filter({ hasText: '可用' }).waitFor();
    await panel.failNextSend(errcode);
    await panel.send('priceDrop');
    await says(shop, '已发送');
    await panel.openTab('held');
  }
  await panel.openTab('requests');
  const sends = panel.requests.filter({ hasText: 'subscribe/send' });
  await sends.nth(3).waitFor();
  assert.deepEqual(await sends.locator('.chip').allInnerTexts(), ['42001', '0 ok', '-1', '0 ok']);
  assert.deepEqual(
    (await shop.messages()).map(({ status }) => status),
    ['sent', 'sent'],
  );
});

test('a user who has turned messages off gets none: 43101', async (t) => {
  const shop = await openShop(t);
  await shop.subscribe();
  await shop.panel.turn('mainSwitchOff');
  await shop.panel.send('priceDrop');
  await says(shop, /43101/);
});
