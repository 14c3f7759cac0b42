// The simulator with a keyboard alone, and under the rules of axe-core.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { test } from 'node:test';

import { openShop } from './support/shop.mjs';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Buttons with the green of WeChat, which is not ours to choose: 2.4 : 1. */
const WECHATS_OWN = /^<button class="choice/;

/** What axe-core finds in the page and in the mini-program's page, in one line each. */
async function violations(page) {
  const source = await readFile(AXE, 'utf8');
  const found = [];
  for (const frame of page.frames()) {
    // The logic realm shows nothing.
    const element = frame.parentFrame() && (await frame.frameElement());
    if (await element?.evaluate(({ hidden }) => hidden)) continue;
    await frame.evaluate(source);
    // Each frame is looked at by itself.
    const { violations: ofFrame } = await frame.evaluate(() => axe.run({ iframes: false }));
    for (const { id, nodes } of ofFrame)
      for (const { html, any } of nodes)
        if (!(id === 'color-contrast' && WECHATS_OWN.test(html)))
          found.push(`${id}: ${html.slice(0, 120)} ${any[0]?.message ?? ''}`);
  }
  return found;
}

/** Waits until nothing moves: what fades in has another contrast. */
const rest = (page) =>
  page.evaluate(async () => {
    const roots = [document, document.querySelector('#phone').shadowRoot];
    const running = roots
      .flatMap((root) => root.getAnimations())
      .filter(({ effect }) => effect.getTiming().iterations !== Infinity);
    await Promise.all(running.map(({ finished }) => finished.catch(() => {})));
  });

for (const locale of ['zh-CN', 'en-GB']) {
  test(`axe-core finds nothing on the phone or the panel (${locale})`, async (t) => {
    const shop = await openShop(t, { locale });
    const { page, phone, panel } = shop;
    const look = async (step) => {
      await rest(page);
      assert.deepEqual(await violations(page), [], step);
    };
    await look('the product');
    await phone.tap('加入购物车');
    await phone.sheet.opens();
    await look('the consent sheet');
    await phone.sheet.allow();
    await panel.step('stored').waitFor();
    await panel.send('priceDrop');
    await panel.step('arrived').waitFor();
    await look('the message');
    await panel.turn('banned');
    await panel.openTab('requests');
    await look('requests and faults');
    await panel.openTab('diagnostics');
    await look('diagnostics');
    // The phone speaks Chinese in both.
    if (locale !== 'zh-CN') return;
    for (const tab of ['订单', '售后', '企业']) {
      await phone.tab(tab);
      await look(tab);
    }
    await phone.press('更多');
    await phone.press('设置');
    await look('settings');
  });
}

test('with the keyboard alone: a tap, the sheet, and Escape as the way back', async (t) => {
  const { page, phone, panel } = await openShop(t);
  const buttons = phone.shown.getByRole('button');
  // The page tabs through to the mini-program's buttons; the disabled one is left out.
  await page.locator('.language').focus();
  for (let press = 0; press < 20; press += 1) {
    await page.keyboard.press('Tab');
    if (await buttons.filter({ hasText: '加入购物车' }).evaluate((one) => one.matches(':focus')))
      break;
  }
  await page.keyboard.press('Enter');
  await phone.sheet.opens();
  await page.keyboard.press('Escape');
  await panel.events('popupAnswered').waitFor();
  await phone.shows('没有订阅');
  assert.equal(await phone.sheet.root.count(), 0);

  await phone.press('更多');
  await phone.press('设置');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});
