// The panel itself: both languages, both widths, the keyboard.
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';

import { openShop } from './support/shop.mjs';
import { SCREENSHOTS } from './support/simulator-page.mjs';

const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 390, height: 844 };

/** The elements of the page that are wider than its window. */
const overflowing = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('body *')]
      .filter(
        (element) =>
          element.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5,
      )
      .filter((element) => getComputedStyle(element).position !== 'absolute')
      .map((element) => element.outerHTML.slice(0, 80)),
  );

for (const [name, viewport, locale] of [
  ['wide', WIDE, 'zh-CN'],
  ['wide-en', WIDE, 'en-GB'],
  ['narrow', NARROW, 'zh-CN'],
  ['narrow-en', NARROW, 'en-GB'],
]) {
  test(`nothing is wider than the window: ${name}`, async (t) => {
    const shop = await openShop(t, { viewport, locale });
    const { page, phone, panel } = shop;
    const look = async (step) => {
      assert.deepEqual(await overflowing(page), [], step);
      assert.ok(
        await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
        step,
      );
      await page.screenshot({
        path: path.join(SCREENSHOTS, `${name}-${step}.png`),
        fullPage: viewport === NARROW,
      });
    };
    await look('start');
    await phone.tap('加入购物车');
    await phone.sheet.opens();
    await look('sheet');
    await phone.sheet.allow();
    await panel.step('stored').waitFor();
    await panel.failNextSend(47003);
    await panel.send('priceDrop');
    await panel.result.getByText('47003').waitFor();
    await look('failed');
    await panel.openTab('requests');
    await page.locator('[data-view=requests] summary').last().click();
    await panel.turn('noWasm');
    await look('faults');
    await panel.openTab('diagnostics');
    await look('diagnostics');
    await panel.openTab('held');
    await panel.send('priceDrop');
    await phone.banner.waitFor();
    await look('arrived');
  });
}

test('the language follows the browser, changes at a press, and is remembered', async (t) => {
  const shop = await openShop(t, { locale: 'en-GB' });
  const { page } = shop;
  const language = () => page.evaluate(() => document.documentElement.lang);
  assert.equal(await language(), 'en');
  await shop.subscribe();
  await page.getByRole('button', { name: '中文' }).click();
  await page.getByRole('heading', { name: 'wx-subscribe 演示' }).waitFor();
  assert.equal(await language(), 'zh-CN');
  // Past events are translated as well.
  await page.getByText('后端收到了答复').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'English');
  await page.reload();
  await page.getByRole('heading', { name: 'wx-subscribe 演示' }).waitFor();
});

test('tabs move with the arrow keys, one of them is in the tab order, and every control has a name', async (t) => {
  const { page } = await openShop(t);
  await page.locator('#tab-events').focus();
  await page.keyboard.press('ArrowRight');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'tab-requests');
  assert.equal(await page.locator('#tab-requests').getAttribute('aria-selected'), 'true');
  assert.equal(await page.locator('#panel-events').isHidden(), true);
  await page.keyboard.press('ArrowRight');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'tab-events');
  assert.equal(await page.locator('[data-tabs=record] [role=tab][tabindex="0"]').count(), 1);

  await page.locator('#tab-faults').click();
  const nameless = await page.evaluate(() =>
    [...document.querySelectorAll('button, select, input, [role=tab]')]
      .filter(
        (element) => !element.textContent.trim() && !element.labels?.length && !element.ariaLabel,
      )
      .map((element) => element.outerHTML),
  );
  assert.deepEqual(nameless, []);
});

test('a page that is loaded again finds its user, grants and story at the back end', async (t) => {
  const shop = await openShop(t);
  await shop.subscribe();
  await shop.page.reload();
  await shop.panel.step('stored').waitFor();
  assert.equal(await shop.panel.grants.count(), 2);
  assert.equal(await shop.page.locator('.open-id').textContent(), shop.openId);
  // WeChat still knows what the user allowed.
  await shop.panel.send('priceDrop');
  await shop.phone.banner.waitFor();
});

for (const [width, height] of [
  [1280, 720],
  [1366, 657],
  [1440, 760],
  [1920, 1080],
  [768, 1024],
  [390, 844],
]) {
  test(`every button around the phone can be pressed at ${width} × ${height}`, async (t) => {
    const { page, panel, phone } = await openShop(t, { viewport: { width, height } });
    for (const label of ['重新启动', '切到后台', '回到前台', '全部重来']) {
      await panel.action(label);
    }
    await phone.shown.waitFor();
    await phone.tap('加入购物车');
    await phone.sheet.allow();
    for (const occasion of ['priceDrop', 'shipped', 'refunded']) await panel.send(occasion);
    const [bottom, top] = await page.evaluate(() => [
      document.querySelector('#phone').shadowRoot.querySelector('.phone').getBoundingClientRect()
        .bottom,
      document.querySelector('.phone-actions').getBoundingClientRect().top,
    ]);
    assert.ok(bottom <= top, `the phone ends at ${bottom}, its buttons begin at ${top}`);
    await page.screenshot({ path: path.join(SCREENSHOTS, `size-${width}.png`) });
  });
}
