// Walks through the story of the page:
//
//   WX_SUBSCRIBE_BACKEND=… WX_SUBSCRIBE_BROWSER=… node tests/browser/demo.mjs
//
// `cargo xtask demo --once` sets both. Exits with 0 only if the message that
// the user allowed has reached the phone, and the database says the same.
import assert from 'node:assert/strict';
import path from 'node:path';

import { startSimulator } from '../../server/simulator.mjs';
import { launchBrowser } from '../support/chromium.mjs';
import { assertStoryTold, recordsOf } from './support/records.mjs';
import { openSimulator, SCREENSHOTS } from './support/simulator-page.mjs';

let steps = 0;
function step(text) {
  steps += 1;
  console.log(`${String(steps).padStart(2)}. ${text}`);
}

const detail = (label, text) => console.log(`      ${label.padEnd(9)} ${text}`);

/** Prints what an opened request of the panel shows. */
async function printRequest(row) {
  await row.locator('summary').click();
  const [sent, received] = await row.locator('.json').allInnerTexts();
  const compact = (text) => JSON.stringify(JSON.parse(text));
  const key = await row.locator('.key').allInnerTexts();
  detail('request', await row.locator('.row-name').innerText());
  for (const line of key) detail('key', line);
  detail('sent', compact(sent));
  detail('answered', `${await row.locator('.chip').innerText()} ${compact(received)}`);
}

async function walk(browser, simulator) {
  const { page, phone, panel, errors } = await openSimulator(browser, simulator.url);
  step('The mini-program is launched in the simulated phone and shows its product page');
  await panel.events('templatesFound').waitFor();
  const openId = await page.locator('.open-id').textContent();
  detail('openId', openId);
  await panel.openTab('requests');
  await printRequest(panel.requests.nth(0));

  step('A finger taps 加入购物车, and the consent sheet opens within the tap');
  await phone.tap('加入购物车');
  await phone.sheet.opens();
  detail('asked', (await phone.sheet.root.getByRole('checkbox').allInnerTexts()).join(', '));

  step('The user unticks 到货提醒 and allows 降价提醒');
  await phone.sheet.tick('到货提醒');
  await phone.sheet.allow();
  await phone.shows('已订阅');

  step('The answer is reported, and the back end stores it');
  await panel.step('stored').waitFor();
  await printRequest(panel.requests.filter({ hasText: 'popSubscribeResult' }));

  step('The price drops: the back end sends the message that was allowed');
  await panel.send('priceDrop');
  await phone.banner.waitFor();
  await panel.step('arrived').waitFor();
  await printRequest(panel.requests.filter({ hasText: 'subscribe/send' }));

  step('The message is on the phone');
  detail('shown', (await phone.banner.innerText()).replace(/\s+/g, ' '));
  const picture = path.join(SCREENSHOTS, 'demo.png');
  await page.screenshot({ path: picture });
  detail('picture', path.relative(path.resolve(SCREENSHOTS, '../../..'), picture));

  step('The grant is spent: a second price drop sends nothing');
  await panel.send('priceDrop');
  await panel.result.getByText('没有「降价提醒」的额度').waitFor();
  detail('says', await panel.result.innerText());

  step('The database holds exactly that');
  const records = await recordsOf(simulator.backend.url, openId);
  assertStoryTold(records);
  for (const [name, rows] of Object.entries(records)) detail(name, JSON.stringify(rows));
  assert.deepEqual(errors, [], 'the browser’s console has errors');
}

async function main() {
  const backend = process.env.WX_SUBSCRIBE_BACKEND;
  if (!backend)
    throw new Error(
      'WX_SUBSCRIBE_BACKEND must name the built back end: run `cargo xtask demo --once`',
    );
  const simulator = await startSimulator({ backend });
  try {
    const browser = await launchBrowser();
    try {
      await walk(browser, simulator);
    } finally {
      await browser.close();
    }
  } finally {
    await simulator.close();
  }
}

main().catch((error) => {
  console.error(`\nThe demo failed: ${error.message}`);
  process.exitCode = 1;
});
