// Differences between phones, as the panel switches them.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { OK, openAskPage, refused } from './support/ask-page.mjs';

test('asyncApis: promises are fulfilled with undefined before the callbacks come', async (t) => {
  const phone = await openAskPage(t, { asyncApis: ['requestSubscribeMessage', 'request'] });
  await phone.ask('in order');
  const order = await phone.result('1 in order');
  assert.deepEqual(order.slice(0, 2), ['requestSubscribeMessage undefined', 'request undefined']);
  assert.deepEqual(order.slice(2).sort(), ['request success', 'requestSubscribeMessage success']);
});

test('asyncApis: it may be switched at any time', async (t) => {
  const phone = await openAskPage(t, { asyncApis: ['requestSubscribeMessage'] });
  await phone.call('setFaults', { asyncApis: [] });
  await phone.tap('promised');
  assert.deepEqual(await phone.result('returned'), ['undefined']);
});

test('showWhilePopupOpen: onShow and onAppShow come without a hide, and the sheet stays', async (t) => {
  const phone = await openAskPage(t, { showWhilePopupOpen: true });
  const texts = async () => (await phone.entries()).map(({ text }) => text ?? '');
  const before = (await texts()).length;
  const came = await phone.ask('one');
  await phone.sheet.waitFor();
  await phone.page.waitForFunction(
    (start) =>
      window.entries
        .slice(start)
        .some(({ text }) => text === 'RESULT onAppShow of pages/ask/index = true'),
    before,
  );
  const later = (await texts()).slice(before);
  assert.ok(later.includes('App.onShow') && later.includes('pages/ask/index.onShow'), later.join());
  assert.deepEqual(
    later.filter((text) => text.includes('onHide') || text.includes('onAppHide')),
    [],
  );
  await phone.button('允许').click();
  assert.deepEqual(await came('success'), { a: 'accept', ...OK });
});

test('codesAsStrings: an errCode is a string', async (t) => {
  const phone = await openAskPage(t, { codesAsStrings: true, mainSwitchOff: true });
  const came = await phone.ask('one');
  assert.deepEqual(await came('fail'), refused('The main switch is switched off', '20004'));
});

test('nextPopupError: texts without a code, once', async (t) => {
  const phone = await openAskPage(t);
  for (const [error, errMsg] of [
    [':cancel', 'requestSubscribeMessage:cancel'],
    ['cancel', 'requestSubscribeMessage:fail cancel'],
    ['not support', 'requestSubscribeMessage:fail not support'],
  ]) {
    await phone.call('setFaults', { nextPopupError: error });
    const came = await phone.ask('one');
    assert.deepEqual(await came('fail'), { errMsg });
  }
  const came = await phone.ask('one', '允许');
  assert.deepEqual(await came('success'), { a: 'accept', ...OK });
});

test('chineseTimeout: the text of a timeout, with errno 5', async (t) => {
  const phone = await openAskPage(t, { chineseTimeout: true, requestDelayMs: 500 });
  const came = await phone.ask('timeout');
  assert.deepEqual(await came('fail'), { errMsg: 'request:fail 请求超时', errno: 5 });
});
