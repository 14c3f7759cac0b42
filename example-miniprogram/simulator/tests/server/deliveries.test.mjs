// Events of WeChat's server reach the right page.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createDeliveries } from '../../server/deliveries.mjs';
import { serve } from './support.mjs';

/** Opens a stream, and reads from it until it holds a text. */
async function listen(url, openId) {
  const aborter = new AbortController();
  const response = await fetch(`${url}/stream?openId=${openId}`, { signal: aborter.signal });
  assert.equal(response.headers.get('content-type'), 'text/event-stream');
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let heard = '';
  return {
    async until(text) {
      while (!heard.includes(text)) heard += (await reader.read()).value;
      return heard;
    },
    close: () => aborter.abort(),
  };
}

test('a user’s pages hear of the user, and all of what concerns no one', async (t) => {
  const deliveries = createDeliveries();
  const url = await serve(t, {
    'GET /stream': (request, response, { searchParams }) =>
      deliveries.open(searchParams.get('openId'), response),
  });
  const [one, two] = [await listen(url, 'one'), await listen(url, 'two')];
  await Promise.all([one.until('retry'), two.until('retry')]);
  deliveries.tell('one', 'arrival', { title: '降价提醒' });
  deliveries.tell('nobody', 'arrival', { title: 'lost' });
  deliveries.tell(null, 'call', { path: '/last' });
  const heardByOne = await one.until('/last');
  assert.match(heardByOne, /event: arrival\ndata: \{"title":"降价提醒"\}\n\n/);
  const heardByTwo = await two.until('/last');
  assert.doesNotMatch(heardByTwo, /arrival/);
  one.close();
  two.close();
});
