// Pages, tabs, lifetimes, and the way out of the mini-program and back.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { openPhone } from './support/browser.mjs';

const lifecycle = async (phone) => (await phone.entries('lifecycle')).map(({ text }) => text);
const visiblePages = (phone) => phone.app.locator('wx-page:not([hidden])');
const title = (phone) => phone.page.locator('.nav h2');

test('a launch runs the app, then its first page, in WeChat’s order', async (t) => {
  const phone = await openPhone(t);
  await phone.page.waitForFunction(() =>
    window.entries.some(({ text }) => text?.endsWith('onReady')),
  );
  assert.deepEqual(await lifecycle(phone), [
    'launch',
    'App.onLaunch',
    'App.onShow',
    'pages/index/index.onLoad',
    'pages/index/index.onShow',
    'pages/index/index.onReady',
  ]);
  const { path, query, scene } = await phone.result('onLaunch');
  assert.deepEqual({ path, query, scene }, { path: 'pages/index/index', query: {}, scene: 1001 });
  assert.equal(await title(phone).textContent(), '首页');
});

test('navigateTo hands the query over undecoded, and the arrow leads back', async (t) => {
  const phone = await openPhone(t);
  await phone.tap('去详情');
  assert.deepEqual(await phone.result('detail.onLoad 7'), {
    query: { id: '7', name: 'a%20b' },
    stack: ['pages/index/index', 'pages/detail/index'],
  });
  assert.deepEqual(await phone.result('navigateTo'), { errMsg: 'navigateTo:ok' });
  assert.equal(await title(phone).textContent(), '详情');
  assert.equal(await phone.page.locator('.tabs').isVisible(), false);
  await phone.button('返回').click();
  await phone.onPage('pages/index/index');
  assert.equal(await visiblePages(phone).count(), 1);
  assert.equal(await phone.button('返回').count(), 0);
  assert.deepEqual((await lifecycle(phone)).slice(-2), [
    'pages/detail/index.onUnload',
    'pages/index/index.onShow',
  ]);
});

test('a navigator leads to a relative path, and navigateBack returns', async (t) => {
  const phone = await openPhone(t);
  await phone.tap('链接');
  await phone.result('detail.onLoad 8');
  await phone.tap('改标题');
  await phone.page.getByRole('heading', { name: '新标题' }).waitFor();
  await phone.tap('返回上页');
  await phone.onPage('pages/index/index');
});

test('redirectTo takes the place of the page, reLaunch that of all', async (t) => {
  const phone = await openPhone(t);
  await phone.tap('替换');
  assert.deepEqual((await phone.result('detail.onLoad 9')).stack, ['pages/detail/index']);
  await phone.result('index.onUnload');

  await phone.call('launch');
  await phone.onPage('pages/index/index');
  await phone.button('列表').click();
  await phone.tap('重启到详情');
  assert.deepEqual((await phone.result('detail.onLoad 1')).stack, ['pages/detail/index']);
});

test('tabs keep their pages, and say so by their colours', async (t) => {
  const phone = await openPhone(t);
  await phone.tap('去列表');
  await phone.onPage('pages/list/index');
  const tab = phone.button('列表');
  assert.equal(await tab.getAttribute('aria-current'), 'page');
  assert.equal(await tab.evaluate(({ style }) => style.color), 'rgb(34, 68, 102)');
  await phone.button('首页').click();
  await phone.onPage('pages/index/index');
  const loads = (await lifecycle(phone)).filter((text) => text === 'pages/index/index.onLoad');
  assert.equal(loads.length, 1);
});

test('what cannot be navigated to fails with WeChat’s words', async (t) => {
  const phone = await openPhone(t);
  await phone.tap('错去列表');
  assert.equal(
    await phone.result('navigateToTab'),
    'navigateTo:fail can not navigateTo a tabbar page',
  );
  await phone.tap('无此页');
  assert.equal(
    await phone.result('toNowhere'),
    'navigateTo:fail page "pages/nowhere/index" is not found',
  );
});

test('an API of WeChat’s that is not simulated throws its name; one that WeChat lacks is undefined', async (t) => {
  const phone = await openPhone(t);
  await phone.tap('未模拟');
  assert.deepEqual(await phone.result('unknownApi'), {
    ofWeChat: 'wx.startBluetoothDevicesDiscovery is not simulated',
    ofNobody: 'undefined',
    canIUse: [true, false, false],
  });
});

test('the capsule leads to the chats, and a chat back to where the user was', async (t) => {
  const phone = await openPhone(t);
  await phone.tap('去详情');
  await phone.onPage('pages/detail/index');
  await phone.button('关闭小程序').click();
  await phone.result('onAppHide');
  assert.deepEqual((await lifecycle(phone)).slice(-2), ['pages/detail/index.onHide', 'App.onHide']);
  await phone.button('样例').click();
  await phone.page.waitForFunction(
    () => window.entries.at(-1).text === 'pages/detail/index.onShow',
  );
  assert.equal(await phone.route(), 'pages/detail/index');
});

test('a notification slides in, opens its page, and stays in 服务通知', async (t) => {
  const phone = await openPhone(t);
  const notification = {
    templateId: 'a',
    title: '降价通知',
    fields: [{ label: '商品', value: '龙井' }],
    page: 'pages/detail/index?id=5',
    at: Date.now(),
  };
  await phone.call('notify', notification);
  await phone.banner('降价通知').click();
  assert.deepEqual((await phone.result('detail.onLoad 5')).stack, ['pages/detail/index']);

  await phone.call('notify', {
    ...notification,
    id: '2',
    title: '到货',
    page: 'pages/detail/index?id=6',
  });
  await phone.button('关闭小程序').click();
  await phone.button('服务通知').click();
  await phone.button('到货').click();
  await phone.result('detail.onLoad 6');

  // Another phone on the same device: the list is still there, until a reset.
  await phone.call('launch');
  await phone.button('关闭小程序').click();
  assert.match(await phone.button('服务通知').textContent(), /\[2条\] 到货/);
  await phone.call('reset');
  await phone.button('关闭小程序').click();
  assert.match(await phone.button('服务通知').textContent(), /没有消息/);
});

test('a page whose file throws is an entry of the log, not the end of the phone', async (t) => {
  const phone = await openPhone(t);
  await phone.call('notify', {
    id: '坏',
    templateId: '',
    title: '坏',
    fields: [],
    page: 'pages/gone/index',
    at: 0,
  });
  await phone.banner('坏').click();
  await phone.page.waitForFunction(() => window.entries.some(({ kind }) => kind === 'error'));
  const [{ text }] = await phone.entries('error');
  assert.match(text, /pages\/gone\/index/);
  assert.equal(await phone.route(), 'pages/index/index');
});
