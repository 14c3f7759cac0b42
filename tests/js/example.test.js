// The example's pages, operated by touch events, with the real back end.
'use strict';

const assert = require('node:assert/strict');
const { after, before, describe, test } = require('node:test');

const { startBackend } = require('./support/backend.js');
const { answerWith, createFakeWx } = require('./support/fake-wx.js');
const { createHttpTransport } = require('./support/http-transport.js');
const { launch } = require('./support/miniprogram.js');
const { until } = require('./support/until.js');

const PRODUCT = 'pages/product/index';
const ORDER = 'pages/order/index';
const AFTER_SALES = 'pages/after-sales/index';
const COMPANY = 'pages/company/index';

/** What the product page gives for the message. */
const productOf = (quantity) => ({ product: '明前龙井 250g', price: '129.00', quantity });

const macrotask = () => new Promise((resolve) => setTimeout(resolve, 0));

/** Long enough for a popup or a modal that should not come. */
const aWhile = () => new Promise((resolve) => setTimeout(resolve, 30));

let backend;
before(async () => {
  backend = await startBackend();
});
after(() => backend && backend.remove());

/** Launches the example with the back end; closed at the end of the test. */
function openShop(t, options = {}) {
  const exchanges = [];
  const transport = createHttpTransport({
    onExchange: (request, outcome) =>
      exchanges.push({ path: new URL(request.url).pathname, request, outcome }),
  });
  const fake = createFakeWx({ transport, ...options });
  const app = launch({ fake, baseUrl: backend.url });
  t.after(() => app.close());
  const sent = (path) => exchanges.filter((exchange) => exchange.path === path);

  return {
    app,
    fake,
    sent,
    /** The names of the events so far. */
    events: () =>
      app.debugLines.flatMap(([mark, event]) => (mark === '[wx-subscribe]' ? [event.name] : [])),
    openId: () => fake.wx.getStorageSync('openId'),
    rows: () => backend.subscriptions(fake.wx.getStorageSync('openId')),

    /** Opens a page and waits until its templates are there. */
    async open(pagePath) {
      const page = app.openPage(pagePath);
      await until(
        () => fake.calls('request').length > 0 && exchanges.length === fake.calls('request').length,
        () => 'the templates',
      );
      // The page gets them in the macrotask after the response.
      await macrotask();
      return page;
    },

    /** Waits until the back end has every report. */
    async delivered() {
      assert.equal((await app.sdk.flushReports()).pending, 0);
    },
  };
}

/** A row without the columns that the back end adds. */
function answerIn({ busNo, extraVariableMap, openId, agreeTemplateIds, rejectTemplateIds }) {
  return { busNo, extraVariableMap, openId, agreeTemplateIds, rejectTemplateIds };
}

describe('each trigger is a tap away, and its answer reaches the database', () => {
  const cases = [
    {
      trigger: 'AddToCart',
      triggerAct: '加入购物车',
      path: PRODUCT,
      tap: '加入购物车',
      busNo: 'product-1001',
      extraVariableMap: productOf(1),
    },
    {
      trigger: 'OrderDetail',
      triggerAct: '订单详情',
      path: ORDER,
      tap: '订单详情',
      busNo: 'order-20260401-0007',
      extraVariableMap: {},
    },
    {
      trigger: 'SubmitOrder',
      triggerAct: '提交订单',
      path: ORDER,
      tap: '提交订单',
      busNo: 'order-20260401-0007',
      extraVariableMap: { amount: '258.00' },
    },
    {
      trigger: 'PaymentSuccess',
      triggerAct: '支付成功',
      path: ORDER,
      first: '提交订单',
      tap: '立即支付',
      busNo: 'order-20260401-0007',
      extraVariableMap: { amount: '258.00' },
    },
    {
      trigger: 'CompanyInfo',
      triggerAct: '企业信息',
      path: COMPANY,
      tap: '提交企业信息',
      busNo: 'company-310',
      extraVariableMap: { companyName: '清和贸易有限公司' },
    },
    {
      trigger: 'SwitchCompany',
      triggerAct: '切换企业身份',
      path: COMPANY,
      tap: '半山茶室',
      busNo: 'company-311',
      extraVariableMap: { identity: '半山茶室' },
    },
    {
      trigger: 'ReturnAndRefund',
      triggerAct: '提交售后申请（退货退款）',
      path: AFTER_SALES,
      tap: '申请退货退款',
      busNo: 'after-sale-0042',
      extraVariableMap: { amount: '258.00' },
    },
    {
      trigger: 'ReturnShipment',
      triggerAct: '填写退货信息',
      path: AFTER_SALES,
      type: 'SF1234567890',
      tap: '提交退货信息',
      busNo: 'after-sale-0042',
      extraVariableMap: { trackingNumber: 'SF1234567890' },
    },
    {
      trigger: 'RefundOnly',
      triggerAct: '提交售后申请（仅退款）',
      path: AFTER_SALES,
      tap: '申请仅退款',
      busNo: 'after-sale-0042',
      extraVariableMap: { amount: '258.00' },
    },
  ];

  test('the nine cases are the nine constants', (t) => {
    const { app } = openShop(t);
    assert.deepEqual(
      cases.map(({ trigger }) => app.sdk.TriggerType[trigger]),
      [1, 2, 3, 4, 5, 6, 7, 8, 9],
    );
  });

  for (const { trigger, triggerAct, path, first, type, tap, busNo, extraVariableMap } of cases) {
    test(`${trigger}: ${tap}`, async (t) => {
      const shop = openShop(t);
      const page = await shop.open(path);
      if (first) {
        shop.fake.autoAnswer = () => ({ errMsg: 'cancel' });
        await page.tap(first);
        await page.shows('没有问成');
        shop.fake.autoAnswer = null;
      }

      if (type) await page.type('.input', type);
      await page.tap(tap);
      const { tmplIds, answer } = await shop.fake.nextPopup();
      const offered = shop.sent('/findCustomerPopTemplate').find(({ request }) => {
        const asked = JSON.parse(request.body);
        return asked.triggerAct === triggerAct && asked.busNo === busNo;
      });
      assert.deepEqual(tmplIds, JSON.parse(offered.outcome.body).data);
      answer({ [tmplIds[0]]: 'accept' });

      await page.shows('已订阅');
      await page.shows(`同意 1 个，拒绝 ${tmplIds.length - 1} 个`);
      await shop.delivered();
      const rows = await shop.rows();
      assert.deepEqual(rows.map(answerIn), [
        {
          busNo,
          extraVariableMap,
          openId: shop.openId(),
          agreeTemplateIds: tmplIds.slice(0, 1),
          rejectTemplateIds: tmplIds.slice(1),
        },
      ]);
      const [report] = shop.sent('/popSubscribeResult');
      assert.equal(rows[0].id, report.request.header['idempotency-key']);
    });
  }
});

describe('the tap', () => {
  for (const promise of ['native', 'polyfill']) {
    test(`opens the popup at once when the templates are there (${promise} promises)`, async (t) => {
      const shop = openShop(t, { promise });
      const page = await shop.open(PRODUCT);
      const requests = shop.fake.calls('request').length;
      await page.tap('加入购物车');
      assert.ok(shop.fake.popup);
      assert.equal(shop.fake.calls('request').length, requests);
    });

    test(`opens the popup after the back end has answered when they are not (${promise} promises)`, async (t) => {
      const shop = openShop(t, { promise });
      // The page is shown without a network, so nothing is prefetched.
      shop.fake.emit('networkStatusChange', { isConnected: false, networkType: 'none' });
      const page = shop.app.openPage(PRODUCT);
      await until(
        () => shop.fake.calls('request').length > 0,
        () => 'the prefetch',
      );
      await aWhile();
      shop.fake.emit('networkStatusChange', { isConnected: true, networkType: 'wifi' });

      await page.tap('加入购物车');
      const popup = await shop.fake.nextPopup();
      popup.acceptAll();
      await page.shows('同意 2 个，拒绝 0 个');
    });
  }

  test('on 加入购物车 sends the quantity that was chosen', async (t) => {
    const shop = openShop(t);
    const page = await shop.open(PRODUCT);
    await page.tap('.step-fewer');
    assert.equal(page.textOf('.quantity'), '1');
    await page.tap('.step-more');
    await page.tap('.step-more');
    await page.tap('.step-fewer');
    await page.tap('.step-more');
    assert.equal(page.textOf('.quantity'), '3');

    await page.tap('加入购物车');
    shop.fake.popup.acceptAll();
    await page.shows('购物车里有 3 件');
    await page.shows('已订阅');
    await shop.delivered();
    const [row] = await shop.rows();
    assert.deepEqual(row.extraVariableMap, productOf(3));
  });

  test('on 提交退货信息 sends the tracking number that was typed', async (t) => {
    const shop = openShop(t);
    const page = await shop.open(AFTER_SALES);
    await page.type('.input', 'SF1234567890');
    await page.tap('提交退货信息');
    shop.fake.popup.acceptAll();
    await page.shows('已订阅');
    await shop.delivered();
    const [row] = await shop.rows();
    assert.deepEqual(row.extraVariableMap, { trackingNumber: 'SF1234567890' });
  });

  test('on 提交退货信息 does nothing without a tracking number', async (t) => {
    const shop = openShop(t);
    const page = await shop.open(AFTER_SALES);
    for (const typed of ['', '  ', 'SF12', 'SF 12345']) {
      await page.type('.input', typed);
      assert.equal(page.data().isComplete, false, typed);
    }
    await page.type('.input', ' SF1234567890 ');
    assert.equal(page.data().isComplete, true);
  });

  test('on another identity makes it the current one', async (t) => {
    const shop = openShop(t);
    const page = await shop.open(COMPANY);
    await page.tap('半山茶室');
    assert.equal(page.textOf('.identity-current'), '半山茶室 当前身份');
  });
});

describe('what the user answers', () => {
  test('a refusal of everything is reported and shown as such', async (t) => {
    const shop = openShop(t);
    const page = await shop.open(PRODUCT);
    await page.tap('加入购物车');
    const { tmplIds } = shop.fake.popup;
    shop.fake.popup.rejectAll();
    await page.shows('没有订阅');
    await page.shows('同意 0 个，拒绝 2 个');
    await shop.delivered();
    const [row] = await shop.rows();
    assert.deepEqual(row.agreeTemplateIds, []);
    assert.deepEqual(row.rejectTemplateIds, tmplIds);
  });

  test('with the main switch off the page leads to the settings', async (t) => {
    const shop = openShop(t, { mainSwitch: false });
    const page = await shop.open(PRODUCT);
    await page.tap('加入购物车');
    await page.shows('没有问成');
    await page.shows('订阅消息的总开关关着');
    await page.tap('打开订阅设置');
    const [opened] = shop.fake.calls('openSetting');
    assert.equal(opened.options.withSubscriptions, true);
    assert.equal(opened.heldTap, true);
    assert.deepEqual(await shop.rows(), []);
  });
});

describe('the product page asks well', () => {
  /** The page after its first popup, which the user answered. */
  async function answered(t, answer, options) {
    const shop = openShop(t, options);
    const page = await shop.open(PRODUCT);
    await page.tap('加入购物车');
    answer(shop.fake.popup);
    await page.shows('订阅 同意');
    await shop.delivered();
    return { shop, page };
  }
  const popups = ({ fake }) => fake.calls('requestSubscribeMessage').length;

  test('once a visit: after an answer, taps are silent', async (t) => {
    const { shop, page } = await answered(t, (popup) => popup.acceptAll());
    await page.shows('同意一次，提醒一次');
    await page.tap('加入购物车');
    await page.shows('没有打扰');
    await page.shows('购物车里有 2 件');
    assert.equal(popups(shop), 1);

    page.hide();
    page.show();
    await page.tap('加入购物车');
    await until(
      () => popups(shop) === 2,
      () => 'the popup of another visit',
    );
  });

  test('with a kept acceptance each tap earns a grant, in silence', async (t) => {
    const { shop, page } = await answered(t, (popup) => popup.acceptAll({ keep: true }));
    await page.shows('已开启，加购时自动续上');
    await page.tap('加入购物车');
    assert.equal(shop.fake.popup, null);
    const answers = () => shop.events().filter((name) => name === 'popupAnswered').length;
    await until(
      () => answers() === 2,
      () => 'the top-up',
    );
    await shop.delivered();
    const rows = await shop.rows();
    assert.deepEqual(
      rows.map(({ agreeTemplateIds }) => agreeTemplateIds.length),
      [2, 2],
    );
  });

  test('a kept refusal is shown, and the row leads to the settings', async (t) => {
    const { shop, page } = await answered(t, (popup) => popup.rejectAll({ keep: true }));
    await page.shows('其中 2 个设为总是拒绝，以后不再询问');
    await page.shows('已关闭，收不到提醒');

    shop.fake.onSettingsPage = ({ itemSettings }) => {
      Object.keys(itemSettings).forEach((id) => {
        itemSettings[id] = 'accept';
      });
    };
    await page.tap('去设置');
    const [modal] = shop.fake.calls('showModal');
    assert.equal(modal.options.content, '请在设置里打开“降价提醒”。');
    await page.shows('已开启，加购时自动续上');
  });

  test('with the main switch off the row leads to the settings before any tap', async (t) => {
    const shop = openShop(t, { mainSwitch: false });
    const page = await shop.open(PRODUCT);
    await page.shows('已关闭，收不到提醒');
    shop.fake.onSettingsPage = (settings) => {
      settings.mainSwitch = true;
    };
    await page.tap('去设置');
    const [modal] = shop.fake.calls('showModal');
    assert.equal(modal.options.content, '请在设置里打开“接收订阅消息”。');
    await page.shows('同意一次，提醒一次');
    assert.equal(popups(shop), 0);
  });

  test('after a refusal of everything not for a week, unless the user wants it', async (t) => {
    const { shop } = await answered(t, (popup) => popup.rejectAll());
    shop.app.close();
    const again = openShop(t, { storage: shop.fake.storage });
    const page = await again.open(PRODUCT);
    await page.tap('加入购物车');
    await page.shows('不久前都拒绝了');
    assert.equal(popups(again), 0);

    await page.tap('提醒我');
    await until(
      () => again.fake.popup,
      () => 'the popup',
    );
  });

  for (const leave of ['hide', 'close']) {
    test(`opens no popup once the page is left (${leave})`, async (t) => {
      let respond;
      const shop = openShop(t, {
        transport: (_, given) => {
          respond = given;
        },
      });
      const page = shop.app.openPage(PRODUCT);
      await until(
        () => shop.fake.calls('request').length === 1,
        () => 'the prefetch',
      );
      await page.tap('加入购物车');
      await until(
        () => shop.fake.calls('request').length === 2,
        () => 'the request in the tap',
      );
      page[leave]();
      respond({ statusCode: 200, body: JSON.stringify({ data: ['priceDrop'] }) });
      await until(
        () => shop.events().includes('skipped'),
        () => `the end of the call: ${shop.events()}`,
      );
      assert.equal(popups(shop), 0);
    });
  }
});

describe('the payment', () => {
  async function submitted(t) {
    const shop = openShop(t);
    const page = await shop.open(ORDER);
    await page.tap('提交订单');
    shop.fake.popup.rejectAll();
    await page.shows('没有订阅');
    return { shop, page };
  }

  test('asks in its success callback, on iOS 15 too', async (t) => {
    const shop = openShop(t, { promise: 'polyfill', autoAnswer: () => ({}) });
    const page = await shop.open(ORDER);
    await page.tap('提交订单');
    await page.shows('没有订阅');
    await page.tap('立即支付');
    await page.shows('已支付');
    const asked = shop.fake.calls('requestSubscribeMessage');
    assert.deepEqual(
      asked.map(({ heldTap }) => heldTap),
      [true, true],
    );
  });

  test('asks nothing when it is cancelled', async (t) => {
    const { shop, page } = await submitted(t);
    shop.fake.onPayment = () => 'cancel';
    await page.tap('立即支付');
    await aWhile();
    await page.shows('待支付');
    assert.equal(shop.fake.calls('showModal').length, 0);
    assert.equal(shop.fake.popup, null);
  });

  test('that a cashier refuses goes on from a modal, if the user agrees', async (t) => {
    const { shop, page } = await submitted(t);
    shop.fake.onPayment = () => 'no such merchant';
    shop.fake.onModal = () => false;
    await page.tap('立即支付');
    await until(
      () => shop.fake.calls('showModal').length === 1,
      () => 'the modal',
    );
    await aWhile();
    assert.equal(shop.fake.popup, null);

    shop.fake.onModal = () => true;
    await page.tap('立即支付');
    (await shop.fake.nextPopup()).acceptAll();
    await page.shows('已订阅');
    await page.shows('已支付');
  });

  test('can be made again with the next order', async (t) => {
    const { shop, page } = await submitted(t);
    await page.tap('立即支付');
    (await shop.fake.nextPopup()).acceptAll();
    await page.shows('已支付');
    await page.tap('再来一单');
    await page.shows('提交订单');
  });
});

describe('the back end', () => {
  test('that offers nothing leads to no popup', async (t) => {
    const shop = openShop(t, { transport: answerWith(() => ({ json: { data: [] } })) });
    const page = shop.app.openPage(PRODUCT);
    await page.tap('加入购物车');
    await page.shows('不需要询问');
    assert.equal(shop.fake.calls('requestSubscribeMessage').length, 0);
  });

  test('that is down is a failure on the page; once it is up the next tap works', async (t) => {
    await backend.stop();
    t.after(() => backend.start());
    const shop = openShop(t);
    const page = await shop.open(PRODUCT);
    await page.tap('加入购物车');
    await page.shows('没有问成');
    await page.shows('网络不通，可以再点一次');
    await page.shows('阶段：取模板（network）');

    await backend.start();
    // Where nothing is known, the user may still try.
    await page.tap('提醒我');
    (await shop.fake.nextPopup()).acceptAll();
    await page.shows('已订阅');
    await shop.delivered();
    assert.equal((await shop.rows()).length, 1);
  });

  test('that goes down before the report gets it once, after the app was started again', async (t) => {
    t.after(() => backend.start());
    const shop = openShop(t);
    const page = await shop.open(PRODUCT);
    await page.tap('加入购物车');
    await backend.stop();
    const { tmplIds } = shop.fake.popup;
    shop.fake.popup.acceptAll();
    await page.shows('已订阅');
    await page.shows('结果已存入本机，正在上报');
    // If the app closed during a request, the next launch would wait for the end of its lease.
    await until(
      () => shop.events().includes('reportPostponed'),
      () => `the first attempt: ${shop.events()}`,
    );
    shop.app.close();

    await backend.start();
    const again = openShop(t, { storage: shop.fake.storage });
    assert.equal(again.openId(), shop.openId());
    await until(
      async () => (await again.rows()).length > 0,
      () => 'the report in the database',
    );
    await again.delivered();
    const rows = await again.rows();
    assert.deepEqual(rows.map(answerIn), [
      {
        busNo: 'product-1001',
        extraVariableMap: productOf(1),
        openId: shop.openId(),
        agreeTemplateIds: tmplIds,
        rejectTemplateIds: [],
      },
    ]);
    const keys = [...shop.sent('/popSubscribeResult'), ...again.sent('/popSubscribeResult')].map(
      ({ request }) => request.header['idempotency-key'],
    );
    assert.deepEqual(new Set(keys), new Set([rows[0].id]));
  });
});

describe('the app', () => {
  test('makes up an openId once and keeps it', (t) => {
    const first = openShop(t);
    assert.match(first.openId(), /^example-/);
    const second = openShop(t, { storage: first.fake.storage });
    assert.equal(second.openId(), first.openId());
    assert.notEqual(openShop(t).openId(), first.openId());
  });

  test('logs what the SDK does, without the openId', async (t) => {
    const shop = openShop(t);
    const page = await shop.open(PRODUCT);
    await page.tap('加入购物车');
    shop.fake.popup.acceptAll();
    await page.shows('已订阅');
    await shop.delivered();
    const [first, ...events] = shop.events();
    assert.equal(first, 'templatesFound');
    // The page fetches the templates of its next tap meanwhile.
    assert.deepEqual(
      events.filter((name) => name !== 'templatesFound'),
      ['popupRequested', 'popupAnswered', 'reportQueued', 'reportSent'],
    );
    assert.equal(JSON.stringify(shop.app.debugLines).includes(shop.openId()), false);
  });
});
