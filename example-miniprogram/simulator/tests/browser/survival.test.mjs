// What survives a reload, another tab, a server that is gone, and its restart.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';

import { startSimulator } from '../../server/simulator.mjs';
import { backendProgram, openShop, until } from './support/shop.mjs';
import { openTab } from './support/simulator-page.mjs';

test('after a reload, the message has still arrived, and faults are still switched on', async (t) => {
  const shop = await openShop(t);
  await shop.subscribe();
  await shop.panel.send('priceDrop');
  await shop.panel.step('arrived').waitFor();
  await shop.panel.turn('slowNetwork');
  await shop.page.reload();
  await shop.panel.step('arrived').waitFor();
  assert.equal((await shop.panel.done()).length, 5);
  assert.equal(await shop.page.locator('[data-switch=slowNetwork]').isChecked(), true);
});

test('two tabs of one user show the same grants, switches and messages', async (t) => {
  const shop = await openShop(t);
  const other = await openTab(shop.context, shop.page.url());
  await other.panel.events('templatesFound').waitFor({ state: 'attached' });
  await shop.subscribe();
  await other.panel.grants.nth(1).waitFor();
  await other.panel.turn('mainSwitchOff');
  await shop.page.locator('[data-switch=mainSwitchOff]:checked').waitFor({ state: 'attached' });
  await other.panel.turn('mainSwitchOff');

  await other.panel.send('priceDrop');
  await Promise.all([shop.phone.banner.waitFor(), other.phone.banner.waitFor()]);
  await shop.panel.messages.filter({ hasText: '已发' }).waitFor();
  await shop.phone.press('关闭小程序');
  await shop.phone.press('服务通知');
  assert.equal(await shop.page.locator('.messages .message').count(), 1);

  await other.panel.action('全部重来');
  await until(
    async () => (await shop.page.locator('.open-id').textContent()) !== shop.openId,
    'the other user',
  );
});

test('seven tabs work, also after the one that holds the stream is closed', async (t) => {
  const shop = await openShop(t);
  await shop.subscribe();
  const tabs = [];
  for (let count = 0; count < 6; count += 1) {
    tabs.push(await openTab(shop.context, shop.page.url()));
    await tabs.at(-1).panel.step('stored').waitFor();
  }
  const stored = (await shop.rows()).length;
  await shop.page.close();
  const last = tabs.at(-1);
  await last.phone.tap('加入购物车');
  await last.phone.sheet.allow();
  await until(async () => (await shop.rows()).length === stored + 1, 'the answer of the last tab');
  await last.panel.send('priceDrop');
  await Promise.all(tabs.map(({ phone }) => phone.banner.waitFor()));
});

test('a server that goes away is announced; it comes back with its users, grants and consents', async (t) => {
  const state = await mkdtemp(path.join(os.tmpdir(), 'wx-subscribe-survival-'));
  t.after(() => rm(state, { recursive: true, force: true, maxRetries: 5 }));
  const shop = await openShop(t, { state, expected: /ERR_|Failed to load resource/ });
  const { page, phone, panel, simulator } = shop;
  await shop.subscribe();
  const port = Number(new URL(simulator.url).port);
  await simulator.close();
  const gone = page.getByRole('alert').getByText('演示的服务器没有回答');
  await gone.waitFor();
  // A consent meanwhile waits on the phone, and for WeChat.
  await phone.tap('提醒我');
  await phone.sheet.allow();
  await panel.events('reportPostponed').first().waitFor();

  const again = await startSimulator({ backend: backendProgram(), port, state });
  t.after(() => again.close());
  await gone.waitFor({ state: 'hidden' });
  await until(async () => (await shop.rows()).length === 2, 'the second answer');
  for (const sent of [1, 2]) {
    await panel.send('priceDrop');
    await until(async () => (await shop.messages()).length === sent, `message ${sent}`);
    await panel.result.getByText('已发送').waitFor();
  }
});

test('a browser that is offline throws nothing', async (t) => {
  const shop = await openShop(t, { expected: /ERR_INTERNET_DISCONNECTED/ });
  await shop.context.setOffline(true);
  await shop.phone.tap('加入购物车');
  await shop.phone.sheet.allow();
  await shop.panel.events('reportPostponed').first().waitFor();
  await shop.panel.send('priceDrop');
  await shop.panel.turn('mainSwitchOff');
  await shop.panel.turn('mainSwitchOff');
  await shop.context.setOffline(false);
  await shop.panel.action('切到后台');
  await shop.panel.action('回到前台');
  await shop.panel.step('stored').waitFor();
  await until(async () => {
    await shop.panel.send('priceDrop');
    return (await shop.messages()).some(({ status }) => status === 'sent');
  }, 'the message');
});
