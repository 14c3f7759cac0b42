// The trigger types, and the request of each to the back end.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { start } = require('./support/bare-context.js');

const TRIGGERS = {
  AddToCart: [1, '加入购物车'],
  OrderDetail: [2, '订单详情'],
  SubmitOrder: [3, '提交订单'],
  PaymentSuccess: [4, '支付成功'],
  CompanyInfo: [5, '企业信息'],
  SwitchCompany: [6, '切换企业身份'],
  ReturnAndRefund: [7, '提交售后申请（退货退款）'],
  ReturnShipment: [8, '填写退货信息'],
  RefundOnly: [9, '提交售后申请（仅退款）'],
};

describe('trigger types', () => {
  Object.entries(TRIGGERS).forEach(([name, [number, triggerAct]]) => {
    test(`${name} is ${number} and reaches the back end as ${triggerAct}`, async (t) => {
      const app = await start(t);
      assert.equal(app.sdk.TriggerType[name], number);
      await app.tap(number, 'bus-1');
      assert.deepEqual(app.sent('findCustomerPopTemplate')[0].data, { triggerAct, busNo: 'bus-1' });
      const [{ url, method, header }] = app.optionsOf('request');
      assert.deepEqual(
        [url, method],
        ['https://shop.example.com/api/findCustomerPopTemplate', 'POST'],
      );
      assert.deepEqual(header, { 'content-type': 'application/json' });
    });
  });

  test('there are nine', async (t) => {
    const { sdk } = await start(t, { ready: false });
    assert.deepEqual(Object.keys(sdk.TriggerType), Object.keys(TRIGGERS));
  });
});
