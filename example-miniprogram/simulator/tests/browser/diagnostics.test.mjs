// The tab 诊断: what the SDK says about itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { openShop } from './support/shop.mjs';

test('a report that waits is listed with its attempts, its next one and its error, without the user', async (t) => {
  const shop = await openShop(t);
  const { phone, panel, page } = shop;
  await panel.openTab('diagnostics');
  const view = page.locator('[data-view=diagnostics]');
  await view.getByText('WebAssembly').waitFor();
  await view.getByText('还没有弹过').waitFor();

  await phone.tap('加入购物车');
  await phone.sheet.opens();
  await panel.turn('offline');
  await phone.sheet.allow();
  await panel.openTab('diagnostics');
  const report = view.locator('[data-records=waiting] .record');
  await report.getByText(/失败 \d 次 · \d\d:\d\d:\d\d 再试 · network/).waitFor();
  await report.getByText('已存').waitFor();
  assert.equal(await page.locator('#tab-diagnostics .badge').innerText(), '1');
  await view.getByText('popupAnswered · 加入购物车 · 同意 2 个，拒绝 0 个').waitFor();
  assert.equal((await view.innerText()).includes(shop.openId), false);

  await panel.turn('offline');
  await panel.openTab('diagnostics');
  await view.getByText('没有等待上报的答复').waitFor();
  assert.equal(await page.locator('#tab-diagnostics .badge').innerText(), '');
});

test('a limit that the client taught is shown', async (t) => {
  const shop = await openShop(t);
  const { phone, panel, page } = shop;
  await panel.failNextPopup(20003);
  await phone.tap('加入购物车');
  await phone.shows('没有问成');
  await panel.openTab('diagnostics');
  await page.locator('[data-view=diagnostics]').getByText('最多 1 个').waitFor();
});
