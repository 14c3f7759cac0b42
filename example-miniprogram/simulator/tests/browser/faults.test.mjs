// Every switch for a fault: the text of the page, and the display of the panel.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { openShop, until } from './support/shop.mjs';

/** Waits until the tab 故障 counts so many. */
const badge = (page, count) => page.locator('#tab-faults .badge').getByText(count).waitFor();

describe('the next popup fails, once, with each code that WeChat documents', () => {
  const cases = [
    [10001, 'badArgument', '小程序的订阅配置有误'],
    [10002, 'network', '网络不通，可以再点一次'],
    [10003, 'network', '网络不通，可以再点一次'],
    [10004, 'badArgument', '小程序的订阅配置有误'],
    [10005, 'background', '小程序不在前台，可以再点一次'],
    [20001, 'templateNotFound', '小程序的订阅配置有误'],
    [20002, 'mixedTemplateTypes', '小程序的订阅配置有误'],
    [20003, 'tooManyTemplates', '小程序的订阅配置有误'],
    [20004, 'mainSwitchOff', '订阅消息的总开关关着'],
    [20005, 'banned', '小程序被禁止发送订阅消息'],
    [20013, 'deviceTemplate', '小程序的订阅配置有误'],
  ];
  test(cases.map(([code]) => code).join(', '), async (t) => {
    const shop = await openShop(t);
    const { phone, panel } = shop;
    for (const [at, [code, kind, words]] of cases.entries()) {
      await panel.failNextPopup(code);
      await phone.tap('加入购物车');
      const failed = panel.events('popupFailed').nth(at);
      assert.match(await failed.innerText(), new RegExp(`${kind} ${code}`));
      await phone.shows(`（${kind}）`);
      await phone.shows(words);
      await until(
        async () => (await shop.page.locator('#next-popup-error').inputValue()) === '',
        'the choice to go back',
      );
    }
    await phone.tap('加入购物车');
    await phone.sheet.opens();
    assert.deepEqual(await shop.rows(), []);
  });
});

describe('the network', () => {
  test('is lost with the popup open: the consent waits in the phone, over a relaunch, and is stored once it is back', async (t) => {
    const shop = await openShop(t);
    const { phone, panel } = shop;
    await phone.tap('加入购物车');
    await phone.sheet.opens();
    await panel.turn('offline');
    await phone.sheet.allow();
    await phone.shows('结果已存入本机，正在上报');
    await panel.events('reportPostponed').first().waitFor();
    await panel.action('重新启动');
    await phone.shows('订阅的结果会显示在这里');
    assert.deepEqual(await shop.rows(), []);

    await panel.turn('offline');
    await panel.events('reportSent').waitFor();
    const [row, ...more] = await shop.rows();
    assert.equal(row.agreeTemplateIds.length, 2);
    assert.deepEqual(more, []);
    await panel.step('stored').waitFor();
  });

  test('is off at the tap: WeChat itself cannot open the popup', async (t) => {
    const shop = await openShop(t);
    await shop.panel.turn('offline');
    await shop.phone.tap('加入购物车');
    await shop.phone.shows('网络不通，可以再点一次');
    assert.match(await shop.panel.events('popupFailed').innerText(), /network 10002/);
  });

  test('is off before the page has its templates: the tap says so', async (t) => {
    const shop = await openShop(t);
    await shop.panel.turn('offline');
    await shop.phone.tab('订单');
    await shop.phone.tap('订单详情');
    await shop.phone.shows('阶段：取模板（network）');
    await shop.panel.events('templatesFailed').last().waitFor();
  });

  test('is slow: a popup that was prepared opens at once all the same', async (t) => {
    const shop = await openShop(t);
    await shop.panel.turn('slowNetwork');
    const start = Date.now();
    await shop.phone.tap('加入购物车');
    await shop.phone.sheet.opens();
    assert.ok(Date.now() - start < 2500, `it took ${Date.now() - start} ms`);
    await shop.phone.sheet.allow();
    await shop.phone.shows('已订阅');
    await shop.panel.events('reportSent').waitFor();
  });

  test('leads to a back end that answers 500: the report waits, and is not lost', async (t) => {
    const shop = await openShop(t);
    await shop.panel.turn('backend500');
    await shop.phone.tap('加入购物车');
    await shop.phone.sheet.allow();
    const postponed = shop.panel.events('reportPostponed').first();
    assert.match(await postponed.innerText(), /500/);
    await shop.panel.openTab('requests');
    await shop.panel.requests
      .filter({ hasText: 'popSubscribeResult' })
      .filter({ hasText: '500' })
      .first()
      .waitFor();
    assert.deepEqual(await shop.rows(), []);
    await shop.panel.turn('backend500');
    // A cold start sends what is due at once.
    await shop.panel.action('重新启动');
    await until(async () => (await shop.rows()).length === 1, 'the row');
  });
});

describe('WeChat', () => {
  for (const [name, code, words] of [
    ['mainSwitchOff', 20004, '订阅消息的总开关关着'],
    ['banned', 20005, '小程序被禁止发送订阅消息'],
  ]) {
    test(`${name}: ${code}, at each tap until it is switched off`, async (t) => {
      const shop = await openShop(t);
      const { phone, panel } = shop;
      await panel.turn(name);
      for (const nth of [0, 1]) {
        await phone.tap('加入购物车');
        assert.match(
          await panel.events('popupFailed').nth(nth).innerText(),
          new RegExp(String(code)),
        );
      }
      await phone.shows(words);
      await panel.turn(name);
      await phone.tap('加入购物车');
      await phone.sheet.opens();
    });
  }

  test('is silent: the second tap is busy, and the way to the background and back ends the call', async (t) => {
    const shop = await openShop(t);
    const { phone, panel } = shop;
    await panel.turn('silentPopup');
    await phone.tap('加入购物车');
    await phone.sheet.allow();
    await phone.tap('加入购物车');
    await phone.shows('上一个弹窗还开着，可以再点一次');
    await panel.action('切到后台');
    await panel.action('回到前台');
    await phone.shows('等了太久没有回答，可以再点一次');
    assert.match(await panel.events('popupFailed').innerText(), /timeout/);
  });
});

describe('the device', () => {
  test('has promises as iOS 15 has: the popup opens in the tap all the same', async (t) => {
    const shop = await openShop(t);
    await shop.panel.turn('oldPromises');
    await shop.relaunch();
    await shop.phone.tap('加入购物车');
    await shop.phone.sheet.allow();
    await shop.phone.shows('已订阅');
  });

  test('has no WXWebAssembly: the same code runs as JavaScript', async (t) => {
    const shop = await openShop(t);
    await shop.panel.turn('noWasm');
    await shop.relaunch();
    await shop.subscribe();
    await shop.panel.openTab('diagnostics');
    await shop.page.locator('[data-view=diagnostics]').getByText('JavaScript 备用模块').waitFor();
  });

  test('loads the wasm slowly: a tap meanwhile waits, is too old by then, and the next one works', async (t) => {
    const shop = await openShop(t);
    await shop.panel.turn('slowWasm');
    await shop.panel.relaunch();
    await shop.phone.shows('订阅的结果会显示在这里');
    await shop.phone.tap('加入购物车');
    await shop.phone.shows('点击已经失效，可以再点一次');
    assert.match(await shop.panel.events('popupFailed').innerText(), /notTapped/);
    await shop.phone.tap('加入购物车');
    await shop.phone.sheet.opens();
  });
});

test('differences of some phones are switched like faults', async (t) => {
  const shop = await openShop(t);
  const { phone, panel, page } = shop;
  for (const name of ['asyncApis', 'showWhilePopupOpen', 'codesAsStrings', 'chineseTimeout'])
    await panel.turn(name);
  await panel.failNextPopup(':cancel');
  await badge(page, '5');
  await phone.tap('加入购物车');
  await panel.events('popupFailed').first().waitFor();
  await badge(page, '4');
  // What was cancelled is not asked again so soon, unless the user wants it.
  await phone.tap('提醒我');
  await phone.sheet.opens();
});

test('one button puts everything back to normal', async (t) => {
  const shop = await openShop(t);
  const { panel, page } = shop;
  for (const name of ['offline', 'banned', 'noWasm']) await panel.turn(name);
  await panel.failNextPopup(20001);
  await panel.failNextSend(45009);
  await badge(page, '5');
  await page.getByRole('button', { name: '全部恢复正常' }).click();
  await page.locator('#tab-faults .badge').waitFor({ state: 'hidden' });
  assert.equal(await page.locator('[data-switch]:checked').count(), 0);
  await shop.relaunch();
  await shop.subscribe();
});
