// What the back end has of one user, and what it has at the end of the story.
import assert from 'node:assert/strict';

/** Its answers, grants and messages. */
export async function recordsOf(backend, openId) {
  const list = async (name) => {
    const response = await fetch(`${backend}/${name}?openId=${encodeURIComponent(openId)}`);
    return (await response.json()).data;
  };
  return {
    answers: await list('subscriptions'),
    grants: await list('grants'),
    messages: await list('messages'),
  };
}

/** One of two messages was allowed for a product, and was sent. */
export function assertStoryTold({ answers, grants, messages }) {
  assert.deepEqual(
    answers.map(({ busNo, extraVariableMap }) => ({ busNo, extraVariableMap })),
    [
      {
        busNo: 'product-1001',
        extraVariableMap: { product: '明前龙井 250g', price: '129.00', quantity: 1 },
      },
    ],
  );
  assert.deepEqual(
    [answers[0].agreeTemplateIds.length, answers[0].rejectTemplateIds.length],
    [1, 1],
  );
  assert.deepEqual(
    grants.map(({ title, state }) => [title, state]),
    [['降价提醒', 'spent']],
  );
  assert.deepEqual(
    messages.map(({ title, status }) => [title, status]),
    [['降价提醒', 'sent']],
  );
}
