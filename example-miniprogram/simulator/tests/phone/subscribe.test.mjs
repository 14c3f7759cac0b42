// wx.requestSubscribeMessage: the sheet, kept choices, and what WeChat refuses.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { OK, openAskPage, refused } from './support/ask-page.mjs';

test('允许 accepts what is ticked and rejects the rest', async (t) => {
  const phone = await openAskPage(t);
  const came = await phone.ask('two');
  await phone.sheet.waitFor();
  assert.match(await phone.sheet.textContent(), /样例.*申请.*发送一次以下消息.*降价通知.*到货提醒/);
  assert.equal(await phone.tick('降价通知').getAttribute('aria-checked'), 'true');
  await phone.tick('到货提醒').click();
  assert.equal(await phone.tick('到货提醒').getAttribute('aria-checked'), 'false');
  await phone.button('允许').click();
  assert.deepEqual(await came('success'), { a: 'accept', b: 'reject', ...OK });
  await phone.sheet.waitFor({ state: 'detached' });
});

test('取消 succeeds, and rejects all', async (t) => {
  const phone = await openAskPage(t);
  const came = await phone.ask('two', '取消');
  assert.deepEqual(await came('success'), { a: 'reject', b: 'reject', ...OK });
});

test('ⓘ shows an example of the message, and leads back to the choices as they were', async (t) => {
  const phone = await openAskPage(t);
  const came = await phone.ask('two');
  await phone.tick('降价通知').click();
  await phone.button('降价通知：消息示例').click();
  assert.match(await phone.sheet.textContent(), /消息示例.*降价通知.*商品名称/);
  await phone.sheet.getByRole('button', { name: '返回' }).click();
  assert.equal(await phone.tick('降价通知').getAttribute('aria-checked'), 'false');
  await phone.button('允许').click();
  assert.deepEqual(await came('success'), { a: 'reject', b: 'accept', ...OK });
});

test('a long-term message is not said to be sent once', async (t) => {
  const phone = await openAskPage(t);
  await phone.ask('long');
  await phone.sheet.getByRole('heading', { name: '发送以下消息', exact: true }).waitFor();
});

test('kept choices answer without a sheet, are what getSetting lists, and change on the settings page', async (t) => {
  const phone = await openAskPage(t);
  const before = await phone.ask('setting');
  assert.deepEqual((await before('success')).subscriptionsSetting, { mainSwitch: true });

  const first = await phone.ask('two');
  await phone.tick('到货提醒').click();
  await phone.keep().click();
  await phone.button('允许').click();
  await first('success');
  const again = await phone.ask('two');
  assert.deepEqual(await again('success'), { a: 'accept', b: 'reject', ...OK });
  assert.equal(await phone.sheet.count(), 0);

  const opened = await phone.ask('open setting');
  await phone.page.getByRole('switch', { name: '到货提醒' }).click();
  await phone.page
    .getByRole('dialog', { name: '设置' })
    .getByRole('button', { name: '返回' })
    .click();
  const { subscriptionsSetting, errMsg } = await opened('success');
  assert.equal(errMsg, 'openSetting:ok');
  assert.deepEqual(subscriptionsSetting, {
    mainSwitch: true,
    a: 'accept',
    b: 'accept',
    itemSettings: { a: 'accept', b: 'accept' },
  });

  // Across launches, until a reset.
  await phone.call('launch');
  assert.equal(await phone.route(), 'pages/index/index');
  const plain = await openAskPageAgain(phone);
  const kept = await plain('two');
  assert.deepEqual(kept, { a: 'accept', b: 'accept', ...OK });
});

/** Goes to the page of the last test once more; the fixture counts its calls from 1. */
async function openAskPageAgain(phone) {
  await phone.page.evaluate(() => window.entries.splice(0));
  await phone.call('notify', {
    id: '再开',
    templateId: '',
    title: '再开',
    fields: [],
    page: 'pages/ask/index',
    at: 0,
  });
  await phone.banner('再开').click();
  await phone.onPage('pages/ask/index');
  return async (label) => {
    await phone.tap(label);
    return phone.result(`1 ${label} success`);
  };
}

test('only the templates without a kept choice are asked for', async (t) => {
  const phone = await openAskPage(t);
  const first = await phone.ask('one');
  await phone.keep().click();
  await phone.button('取消').click();
  assert.deepEqual(await first('success'), { a: 'reject', ...OK });
  const second = await phone.ask('two');
  await phone.sheet.waitFor();
  assert.equal(await phone.tick('降价通知').count(), 0);
  await phone.button('允许').click();
  assert.deepEqual(await second('success'), { a: 'reject', b: 'accept', ...OK });
});

test('of equal titles one is asked and the other filtered; a banned template is answered beside the rest', async (t) => {
  const phone = await openAskPage(t);
  const same = await phone.ask('same title', '允许');
  assert.deepEqual(await same('success'), { a: 'accept', 'like a': 'filter', b: 'accept', ...OK });
  const banned = await phone.ask('with banned', '允许');
  assert.deepEqual(await banned('success'), { banned: 'ban', b: 'accept', ...OK });
  await phone.call('setFaults', { bannedTemplates: ['b'] });
  const both = await phone.ask('with banned');
  assert.deepEqual(await both('success'), { banned: 'ban', b: 'ban', ...OK });
});

test('a second call while the sheet is open is refused, and the first goes on', async (t) => {
  const phone = await openAskPage(t);
  await phone.tap('two calls');
  assert.deepEqual(
    await phone.result('1 two calls, second fail'),
    refused('last call has not ended'),
  );
  await phone.button('允许').click();
  assert.deepEqual(await phone.result('1 two calls, first success'), { a: 'accept', ...OK });
});

test('ids that WeChat refuses fail with its codes and texts', async (t) => {
  const phone = await openAskPage(t);
  const failures = {
    missing: refused("TmplIds can't be empty", 10001),
    'no ids': refused("TmplIds can't be empty", 10001),
    'no list': refused('Invalid template id', 10004),
    'no string': refused('Invalid template id', 10004),
    'unknown id': refused('No template data return, verify the template id exist', 20001),
    mixed: refused('Templates type must be same', 20002),
    'six ids': refused('Templates count out of max bounds', 20003),
  };
  for (const [label, failure] of Object.entries(failures)) {
    const came = await phone.ask(label);
    assert.deepEqual(await came('fail'), failure, label);
  }
  const five = await phone.ask('four ids', '允许');
  assert.equal((await five('success')).d, 'accept');
  await phone.call('setFaults', { maxTemplates: 3 });
  const three = await phone.ask('four ids');
  assert.deepEqual(await three('fail'), refused('Templates count out of max bounds', 20003));
  assert.equal(await phone.sheet.count(), 0);
});

test('the main switch, a ban and a lost network fail without a sheet', async (t) => {
  const phone = await openAskPage(t);
  const failures = [
    [{ mainSwitchOff: true }, refused('The main switch is switched off', 20004)],
    [
      { mainSwitchOff: false, banned: true },
      refused('This mini program was banned from subscribing messages', 20005),
    ],
    [{ banned: false, offline: true }, refused('Request list fail', 10002)],
  ];
  for (const [faults, failure] of failures) {
    await phone.call('setFaults', faults);
    const came = await phone.ask('one');
    assert.deepEqual(await came('fail'), failure);
  }
});

test('in the background the sheet cannot be shown', async (t) => {
  const phone = await openAskPage(t);
  await phone.app.getByText('one', { exact: true }).evaluate((element) => {
    // A tap that the user made just before leaving.
    const { MouseEvent } = element.ownerDocument.defaultView;
    window.parent.phone.hide();
    ['mousedown', 'mouseup'].forEach((type) =>
      element.dispatchEvent(new MouseEvent(type, { bubbles: true })),
    );
  });
  assert.deepEqual(
    await phone.result('1 one fail'),
    refused('Cannot show subscribe message UI', 10005),
  );
});

test('a code that the panel sets is the next answer, once', async (t) => {
  const phone = await openAskPage(t, { nextPopupError: 20013 });
  await phone.page.evaluate(() => {
    window.changes = [];
    window.phone.onFaults(({ nextPopupError }) => window.changes.push(nextPopupError));
  });
  const first = await phone.ask('one');
  assert.deepEqual(await first('fail'), refused('Reject DeviceMsg Template', 20013));
  const second = await phone.ask('one', '允许');
  assert.deepEqual(await second('success'), { a: 'accept', ...OK });
  assert.deepEqual(await phone.page.evaluate(() => window.changes), [null]);
});

test('a silent popup is shown, and never calls back', async (t) => {
  const phone = await openAskPage(t, { silentPopup: true });
  await phone.ask('one', '允许');
  await phone.call('setFaults', { silentPopup: false });
  const next = await phone.ask('two', '允许');
  await next('success');
  const answers = (await phone.entries('console')).filter(({ text }) =>
    text.startsWith('RESULT 1 one'),
  );
  assert.deepEqual(answers, []);
});

test('the settings page turns the main switch, and needs a tap like the sheet', async (t) => {
  const phone = await openAskPage(t);
  const late = await phone.ask('open setting late');
  assert.deepEqual(await late('fail'), {
    errMsg: 'openSetting:fail can only be invoked by user TAP gesture.',
  });

  await phone.tap('设置按钮');
  await phone.page.getByRole('switch', { name: '接收订阅消息' }).click();
  await phone.page
    .getByRole('dialog', { name: '设置' })
    .getByRole('button', { name: '返回' })
    .click();
  assert.deepEqual(await phone.result('opensetting'), { errMsg: 'openSetting:ok' });
  assert.equal(await phone.page.evaluate(() => window.phone.faults.mainSwitchOff), true);
  const setting = await phone.ask('setting');
  assert.deepEqual((await setting('success')).subscriptionsSetting, { mainSwitch: false });
  const plain = await phone.ask('plain setting');
  assert.deepEqual(await plain('success'), { authSetting: {}, errMsg: 'getSetting:ok' });
});

test('with a callback nothing is returned; without one, a promise', async (t) => {
  const phone = await openAskPage(t);
  await phone.tap('promised');
  assert.deepEqual(await phone.result('returned'), ['undefined']);
  assert.deepEqual(await phone.result('completed'), { banned: 'ban', ...OK });
  assert.deepEqual(await phone.result('1 promised'), { banned: 'ban', ...OK });
  const failure = refused('No template data return, verify the template id exist', 20001);
  assert.deepEqual(await phone.result('1 promised fail'), failure);
});

test('a sheet that waits while the mini-program is in the background is there afterwards', async (t) => {
  const phone = await openAskPage(t);
  const came = await phone.ask('one');
  await phone.sheet.waitFor();
  await phone.call('hide');
  assert.equal(await phone.sheet.isVisible(), false);
  await phone.call('show');
  await phone.button('允许').click();
  assert.deepEqual(await came('success'), { a: 'accept', ...OK });
});
