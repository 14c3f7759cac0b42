// WeChat's `subscribe/send`, which alone knows how many messages each consent allows.
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';

export async function startWeChat() {
  const allowed = new Map();
  const delivered = [];
  let scripted = [];
  let calls = 0;
  let busyEvery = Number.POSITIVE_INFINITY;

  function answer({ touser, template_id, data }) {
    if (scripted.length > 0) return scripted.shift();
    calls += 1;
    if (calls % busyEvery === 0) return 43108;
    const consent = `${touser} ${template_id}`;
    const left = allowed.get(consent) ?? 0;
    if (left === 0) return 43101;
    allowed.set(consent, left - 1);
    delivered.push(data.thing1.value);
    return 0;
  }

  const server = createServer(async (request, response) => {
    const errcode = answer(await json(request));
    if (errcode === 'no answer') request.socket.destroy();
    else response.end(JSON.stringify({ errcode, errmsg: '' }));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    /** The ids of the messages that went out. */
    delivered,
    allow(openId, templateId, number) {
      allowed.set(`${openId} ${templateId}`, number);
    },
    left: (openId, templateId) => allowed.get(`${openId} ${templateId}`),
    /** Answers the next calls with these codes, or with `no answer`. */
    script(codes) {
      scripted = codes;
    },
    /** Answers each n-th call with 43108. */
    busyEach(n) {
      busyEvery = n;
    },
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
