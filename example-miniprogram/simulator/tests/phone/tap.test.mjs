// Which calls keep the tap: the rows of WeChat's page on "点击态".
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { openPhone } from './support/browser.mjs';

const NOT_TAPPED = 'requestSubscribeMessage:fail can only be invoked by user TAP gesture.';
const TEMPLATES = [{ templateId: 'banned', title: '测试', fields: [], kind: 'once', banned: true }];

async function openTapPage(t, faults = {}) {
  const phone = await openPhone(t, { templates: TEMPLATES, faults });
  await phone.call('notify', {
    id: '打开',
    templateId: '',
    title: '打开',
    fields: [],
    page: 'pages/tap/index',
    at: 0,
  });
  await phone.banner('打开').click();
  await phone.onPage('pages/tap/index');
  return phone;
}

/** Taps one of the page's ways to the popup, then what it opens, and says whether the popup may. */
async function mayOpen(phone, way, ...then) {
  await phone.tap(way);
  for (const name of then) await phone.button(name).click();
  const answer = await phone.result(way);
  if (answer === 'open') return true;
  assert.equal(answer, NOT_TAPPED);
  return false;
}

test('without a tap the popup does not open, and a touchend is none', async (t) => {
  const phone = await openTapPage(t);
  assert.equal(await phone.result('no tap'), NOT_TAPPED);
  await phone.page.evaluate(() => {
    const view = document
      .querySelector('#phone')
      .shadowRoot.querySelector('iframe.web-view').contentWindow;
    const target = [...view.document.querySelectorAll('wx-view')].find(
      ({ textContent }) => textContent === 'touchend',
    );
    const touch = new view.Touch({ identifier: 1, target });
    target.dispatchEvent(
      new view.TouchEvent('touchend', { bubbles: true, changedTouches: [touch] }),
    );
  });
  assert.equal(await phone.result('touchend'), NOT_TAPPED);
});

test('rows 1 and 2: the handler of a tap, and the success of a modal, an action sheet and a payment, hold it', async (t) => {
  const phone = await openTapPage(t);
  assert.equal(await mayOpen(phone, 'tap'), true);
  assert.equal(await mayOpen(phone, 'modal', '确定'), true);
  assert.equal(await mayOpen(phone, 'modal complete', '取消'), true);
  assert.equal(await mayOpen(phone, 'sheet', 'two'), true);
  assert.equal(await mayOpen(phone, 'payment', '确认支付'), true);
});

test('row 2: the failure of an action sheet or a payment holds none', async (t) => {
  const phone = await openTapPage(t);
  assert.equal(await mayOpen(phone, 'sheet', '取消'), false);
  assert.equal(await mayOpen(phone, 'payment', '取消支付'), false);
});

test('row 3: a timer loses it; promises and async functions keep it', async (t) => {
  const phone = await openTapPage(t);
  assert.equal(await mayOpen(phone, 'timer'), false);
  assert.equal(await mayOpen(phone, 'promise'), true);
  assert.equal(await mayOpen(phone, 'async'), true);
  assert.equal(await mayOpen(phone, 'before await'), true);
});

test('row 4: on iOS 15 and below a promise loses it, and what comes before the first await does not', async (t) => {
  const phone = await openTapPage(t, { oldPromises: true });
  assert.equal(await mayOpen(phone, 'promise'), false);
  assert.equal(await mayOpen(phone, 'async'), false);
  assert.equal(await mayOpen(phone, 'before await'), true);
  assert.equal(await mayOpen(phone, 'request then promise'), false);
  assert.equal(await mayOpen(phone, 'request'), true);
});

test('row 5: request and getSetting carry it into their callbacks, one after the other', async (t) => {
  const phone = await openTapPage(t);
  assert.equal(await mayOpen(phone, 'request'), true);
  assert.equal(await mayOpen(phone, 'request complete'), true);
  assert.equal(await mayOpen(phone, 'failed request'), true);
  assert.equal(await mayOpen(phone, 'getSetting'), true);
  assert.equal(await mayOpen(phone, 'chain'), true);
  assert.equal(await mayOpen(phone, 'request then promise'), true);
});

test('row 5: what such a callback starts with a timer has lost it, and other APIs carry none', async (t) => {
  const phone = await openTapPage(t);
  assert.equal(await mayOpen(phone, 'request then timer'), false);
  assert.equal(await mayOpen(phone, 'login'), false);
});

test('row 6: once consumed it is not carried on, but holds for the rest of the handler', async (t) => {
  const phone = await openTapPage(t);
  assert.equal(await mayOpen(phone, 'consumed'), false);
  assert.equal(await phone.result('consumed first'), 'open');
  assert.equal(await mayOpen(phone, 'twice'), true);
});
