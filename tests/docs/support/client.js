// Reports as the SDK sends them, and a client of the servers that checks each response
// against the contract.
import assert from 'node:assert/strict';

import { responseFaults } from './contract.js';

/** The templates that the servers offer. */
export const TEMPLATES = ['priceDropTemplateId', 'backInStockTemplateId'];

export const REPORT = {
  busNo: '商品-1',
  extraVariableMap: { price: '129.00', note: '👍' },
  openId: 'somebody-else',
  agreeTemplateIds: [...TEMPLATES, 'no such template'],
  rejectTemplateIds: [],
};
export const REFUSAL = {
  ...REPORT,
  agreeTemplateIds: [],
  rejectTemplateIds: ['priceDropTemplateId'],
};

export function clientOf({ url }) {
  /** Posts, and checks the response against the contract. */
  async function post(path, body, headers = {}) {
    const response = await fetch(`${url}/${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: 'user-1', ...headers },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (response.ok)
      assert.deepEqual(responseFaults(path, response.status, JSON.parse(text)), [], text);
    return { status: response.status, text };
  }
  return {
    post,
    async ask(triggerAct) {
      const { status, text } = await post('findCustomerPopTemplate', {
        triggerAct,
        busNo: '商品-1',
      });
      assert.equal(status, 200, text);
      return JSON.parse(text).data;
    },
    async report(key, body = REPORT, headers = {}) {
      const { status, text } = await post('popSubscribeResult', body, {
        'Idempotency-Key': key,
        ...headers,
      });
      assert.equal(status, 200, text);
      return JSON.parse(text).stored;
    },
    /** What can be sent to a user, per template. */
    async left(user) {
      const headers = { Authorization: user };
      const response = await fetch(`${url}/grants/summary`, { headers });
      assert.equal(response.status, 200);
      return (await response.json()).data;
    },
  };
}
