// The simulated WeChat, seen over the wire as a back end sees it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { wrongIn } from '../../server/wechat/fields.mjs';
import { createConsents } from '../../server/wechat/consents.mjs';
import { createGateway } from '../../server/wechat/gateway.mjs';
import { createTokens } from '../../server/wechat/tokens.mjs';
import { post, serve } from './support.mjs';

const ACCOUNT = { appid: 'wx1', secret: 's1' };
const SIGN_IN = { grant_type: 'client_credential', appid: 'wx1', secret: 's1' };
const PRICE_DROP = {
  templateId: 'price-drop',
  title: '降价提醒',
  fields: [
    { key: 'thing1', label: '商品名称' },
    { key: 'amount2', label: '现价' },
  ],
};
const MESSAGE = {
  touser: 'user',
  template_id: 'price-drop',
  page: 'pages/product/index?from=message',
  miniprogram_state: 'formal',
  lang: 'zh_CN',
  data: { thing1: { value: '明前龙井' }, amount2: { value: '¥99.00' } },
};

/** A WeChat whose user accepted `grants` messages, and the back end's view of it. */
async function startWechat(t, { grants = 1 } = {}) {
  const delivered = [];
  const calls = [];
  const gateway = createGateway({
    consents: createConsents(),
    account: ACCOUNT,
    templates: async () => [PRICE_DROP],
    pages: ['pages/product/index'],
    deliver: (openId, message) => delivered.push({ openId, ...message }),
    onCall: (openId, call) => calls.push({ openId, ...call }),
  });
  const url = await serve(t, {
    'POST /cgi-bin/stable_token': gateway.stableToken,
    'GET /cgi-bin/stable_token': gateway.stableToken,
    'POST /cgi-bin/message/subscribe/send': gateway.subscribeSend,
  });
  gateway.consents.answered('user', {});
  for (let n = 0; n < grants; n += 1)
    gateway.consents.answered('user', { 'price-drop': 'acceptWithAudio', errMsg: 'ok' });

  const signIn = async (change = {}) =>
    (await post(`${url}/cgi-bin/stable_token`, { ...SIGN_IN, ...change })).body;
  return {
    url,
    gateway,
    delivered,
    calls,
    signIn,
    async send(change = {}, token) {
      const good = token ?? (await signIn()).access_token;
      const address = `${url}/cgi-bin/message/subscribe/send?access_token=${encodeURIComponent(good)}`;
      return (await post(address, { ...MESSAGE, ...change })).body;
    },
  };
}

describe('a token', () => {
  test('is the same until it is about to expire, and is given with the time it has left', () => {
    let now = 0;
    const tokens = createTokens(ACCOUNT, () => now);
    const first = tokens.issue(SIGN_IN);
    assert.equal(first.expires_in, 7200);
    now = 6000_000;
    assert.deepEqual(tokens.issue(SIGN_IN), { access_token: first.access_token, expires_in: 1200 });
    now = 6900_000;
    const second = tokens.issue(SIGN_IN);
    assert.notEqual(second.access_token, first.access_token);
    // Both are good until the first has expired.
    tokens.check(first.access_token);
    now = 7200_000;
    assert.throws(() => tokens.check(first.access_token), { errcode: 42001 });
    tokens.check(second.access_token);
  });

  test('that is forced anew ends the one before', () => {
    const tokens = createTokens(ACCOUNT);
    const first = tokens.issue(SIGN_IN).access_token;
    const second = tokens.issue({ ...SIGN_IN, force_refresh: true }).access_token;
    assert.throws(() => tokens.check(first), { errcode: 42001 });
    tokens.check(second);
  });

  test('is refused to who signs in wrongly, in WeChat’s numbers', async (t) => {
    const { url, signIn } = await startWechat(t);
    const codes = [];
    for (const change of [
      { grant_type: '' },
      { appid: '' },
      { secret: '' },
      { appid: 'wx2' },
      { secret: 's2' },
    ]) {
      codes.push((await signIn(change)).errcode);
    }
    assert.deepEqual(codes, [40002, 41002, 41004, 40013, 40125]);
    assert.equal((await post(`${url}/cgi-bin/stable_token`, '')).body.errcode, 44002);
    assert.equal((await post(`${url}/cgi-bin/stable_token`, '{')).body.errcode, 47001);
    const get = await fetch(`${url}/cgi-bin/stable_token`);
    assert.equal(get.status, 200);
    assert.equal((await get.json()).errcode, 43002);
  });
});

describe('a message', () => {
  test('that was agreed to arrives with the labels of its template', async (t) => {
    const wechat = await startWechat(t);
    const answer = await wechat.send();
    assert.equal(answer.errcode, 0);
    assert.equal(answer.errmsg, 'ok');
    const [{ id, ...message }, ...more] = wechat.delivered;
    assert.match(id, /^[\w-]{36}$/);
    assert.deepEqual(
      [message, ...more],
      [
        {
          openId: 'user',
          templateId: 'price-drop',
          title: '降价提醒',
          fields: [
            { label: '商品名称', value: '明前龙井' },
            { label: '现价', value: '¥99.00' },
          ],
          page: 'pages/product/index?from=message',
        },
      ],
    );
  });

  test('is sent once for each consent, and refused after that', async (t) => {
    const wechat = await startWechat(t, { grants: 2 });
    const codes = [await wechat.send(), await wechat.send(), await wechat.send()].map(
      ({ errcode }) => errcode,
    );
    assert.deepEqual(codes, [0, 0, 43101]);
    assert.equal(wechat.delivered.length, 2);
  });

  test('does not reach a user who turned messages off, and spends nothing', async (t) => {
    const wechat = await startWechat(t);
    wechat.gateway.consents.turned('user', false);
    const { errcode, errmsg } = await wechat.send();
    assert.equal(errcode, 43101);
    assert.match(errmsg, /^user refuse to accept the msg rid: [\da-f]{8}-[\da-f]{8}-[\da-f]{8}$/);
    wechat.gateway.consents.turned('user', true);
    assert.equal((await wechat.send()).errcode, 0);
  });

  const wrongs = [
    ['without a user', { touser: '' }, 40003],
    ['to a stranger', { touser: 'nobody' }, 40003],
    ['of a template that is not the account’s', { template_id: 'other' }, 40037],
    ['that leads to no page', { page: 'pages/none/index' }, 41030],
    ['of an unknown state', { miniprogram_state: 'beta' }, 47003],
    ['in an unknown language', { lang: 'zh' }, 47003],
    ['without data', { data: undefined }, 47003],
    ['with a field missing', { data: { thing1: { value: '茶' } } }, 47003],
  ];
  for (const [what, change, errcode] of wrongs) {
    test(`${what} is refused with ${errcode}, and spends nothing`, async (t) => {
      const wechat = await startWechat(t);
      assert.equal((await wechat.send(change)).errcode, errcode);
      assert.deepEqual(wechat.delivered, []);
      assert.equal((await wechat.send()).errcode, 0);
    });
  }

  test('needs a token of this WeChat', async (t) => {
    const { url, send } = await startWechat(t);
    assert.equal((await send({}, 'made-up')).errcode, 40001);
    assert.equal(
      (await post(`${url}/cgi-bin/message/subscribe/send`, MESSAGE)).body.errcode,
      41001,
    );
  });

  test('meets the failure that was asked for, once, and only to that user', async (t) => {
    const wechat = await startWechat(t);
    wechat.gateway.failNext('somebody else', 45009);
    wechat.gateway.failNext('user', 45009);
    assert.equal((await wechat.send()).errcode, 45009);
    assert.equal((await wechat.send()).errcode, 0);
  });

  test('after an expired token goes out with a new one, and not with the old', async (t) => {
    const wechat = await startWechat(t);
    const old = (await wechat.signIn()).access_token;
    wechat.gateway.failNext('user', 42001);
    assert.equal((await wechat.send({}, old)).errcode, 42001);
    assert.equal((await wechat.send({}, old)).errcode, 42001);
    assert.equal((await wechat.send({}, (await wechat.signIn()).access_token)).errcode, 0);
  });

  test('is told to whoever watches, without secret or token', async (t) => {
    const wechat = await startWechat(t);
    await wechat.send();
    assert.deepEqual(
      wechat.calls.map(({ openId, path, answer }) => [
        openId,
        path,
        answer.errcode ?? answer.access_token,
      ]),
      [
        [null, '/cgi-bin/stable_token', '***'],
        ['user', '/cgi-bin/message/subscribe/send', 0],
      ],
    );
    assert.equal(wechat.calls[0].sent.secret, '***');
  });
});

describe('a field takes values of its kind only', () => {
  const cases = {
    thing1: {
      good: ['明前龙井 250g', '长'.repeat(20)],
      bad: ['长'.repeat(21), 'two\nlines', 7, ' '.repeat(21)],
    },
    number2: { good: ['1', '-1.5'], bad: ['1,000', 'one', '1'.repeat(33)] },
    letter3: { good: ['ABC'], bad: ['A1'] },
    character_string4: { good: ['SF0001-a'], bad: ['顺丰', 'x'.repeat(33)] },
    time5: { good: ['15:01', '2026年04月01日 15:01', '09:00~18:00'], bad: ['25:00', 'noon'] },
    date6: {
      good: ['2026年4月1日', '2026-04-01', '2026/04/01 08:00:00'],
      bad: ['15:01', '2026-04/01'],
    },
    amount7: { good: ['¥99.00', '99元', '$1'], bad: ['99.00 yuan', '¥12345678901', '¥'] },
    phone_number8: { good: ['+86-0571-8888'], bad: ['call me'] },
    car_number9: { good: ['浙A8Z888挂'], bad: ['浙A8Z888挂挂挂'] },
    name10: { good: ['张三', 'Zhang San'], bad: ['张'.repeat(11)] },
    phrase11: { good: ['已发货'], bad: ['已经发货出去了', 'OK'] },
    symbol12: { good: ['¥'], bad: ['a'] },
    unheard13: { good: [], bad: ['anything'] },
  };
  for (const [key, { good, bad }] of Object.entries(cases)) {
    test(key, () => {
      for (const value of good)
        assert.equal(wrongIn([{ key }], { [key]: { value } }), null, String(value));
      for (const value of bad)
        assert.equal(
          wrongIn([{ key }], { [key]: { value } }),
          `data.${key}.value invalid`,
          String(value),
        );
      assert.equal(wrongIn([{ key }], { [key]: { value: '' } }), `data.${key}.value is empty`);
    });
  }

  test('and a template none but its own', () => {
    assert.equal(wrongIn([], { thing1: { value: 'x' } }), 'data.thing1 is not in the template');
    assert.equal(wrongIn([], []), 'data is invalid');
  });
});
