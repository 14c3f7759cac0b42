// A long session: a thousand taps, each answered.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { openShop, until } from '../browser/support/shop.mjs';
import { PATIENCE_MS } from '../browser/support/simulator-page.mjs';

const TAPS = 1000;

/** Longer than this, and a person feels it. */
const LONG_TASK_MS = 50;

test(`after ${TAPS} taps every answer is stored, and no task was long`, async (t) => {
  const shop = await openShop(t);
  const { phone, panel, page } = shop;
  await phone.tap('加入购物车');
  await phone.sheet.keep();
  await phone.sheet.allow();
  await panel.step('stored').waitFor();
  // An entry that is open stays open.
  await panel.openTab('requests');
  const opened = panel.requests.first().locator('details');
  await opened.locator('summary').click();

  const long = await page.evaluate(
    async ([taps, patience]) => {
      const tasks = [];
      const observer = new PerformanceObserver((list) =>
        list.getEntries().forEach(({ duration }) => tasks.push(duration)),
      );
      observer.observe({ entryTypes: ['longtask'] });
      const view = document.querySelector('#phone').shadowRoot.querySelector('iframe.web-view');
      const button = [...view.contentDocument.querySelectorAll('wx-button')].find(
        ({ textContent }) => textContent === '加入购物车',
      );
      const answered = () => {
        const rows = document.querySelectorAll('[data-view=timeline] [data-event=reportSent]');
        return rows.length === 0 ? null : rows[rows.length - 1];
      };
      for (let tap = 0; tap < taps; tap += 1) {
        const before = answered();
        for (const type of ['mousedown', 'mouseup', 'click'])
          button.dispatchEvent(new MouseEvent(type, { bubbles: true, composed: true }));
        const start = performance.now();
        while (answered() === before) {
          if (performance.now() - start > patience) throw new Error(`tap ${tap} was not answered`);
          await new Promise((resolve) => {
            setTimeout(resolve, 4);
          });
        }
      }
      observer.disconnect();
      return tasks.map(Math.round);
    },
    [TAPS, PATIENCE_MS],
  );

  assert.equal((await shop.rows()).length, TAPS + 1);
  await until(async () => {
    const text = await page.locator('[data-records=answers]').innerText();
    return text.includes('… +');
  }, 'the rest of the records as a number');
  assert.ok((await panel.requests.count()) <= 500);
  assert.equal(await panel.events('reportDropped').count(), 0);
  t.diagnostic(`${long.length} tasks above ${LONG_TASK_MS} ms: ${long.join(', ')}`);
  assert.deepEqual(long, []);
});
