// The server of the simulated phone: its page, its WeChat, its back end.
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import os from 'node:os';
import path from 'node:path';

import { startBackend } from './backend.mjs';
import { createDeliveries } from './deliveries.mjs';
import { backendRoutes, wechatRoutes } from './desk.mjs';
import { forward } from './forward.mjs';
import { jsonOf, routed, sendJson } from './http.mjs';
import { localOnly } from './local.mjs';
import { createSite } from './site.mjs';
import { createConsents } from './wechat/consents.mjs';
import { createGateway } from './wechat/gateway.mjs';

const MINIPROGRAM = path.resolve(import.meta.dirname, '../../miniprogram');

/** The origin that `config.js` of the mini-program names. */
const BACKEND_ORIGIN = 'http://127.0.0.1:8787';

const WECHAT = '/wechat';

/** Made up; the only account of the simulated WeChat. */
const ACCOUNT = { appid: 'wx0123456789abcdef', secret: '0123456789abcdef0123456789abcdef' };

/**
 * Starts the server, then the back end, each on a free port of 127.0.0.1.
 *
 * @param {object} options
 * @param {string} options.backend the built wx-subscribe-backend
 * @param {number} [options.port] of the page; 0 takes a free one
 * @param {string} [options.state] the folder that outlives it; without one, it starts empty
 */
export async function startSimulator({ backend: program, port = 0, state }) {
  const folder = state ?? (await mkdtemp(path.join(os.tmpdir(), 'wx-subscribe-simulator-')));
  await mkdir(folder, { recursive: true });
  const deliveries = createDeliveries();
  const { pages } = JSON.parse(await readFile(path.join(MINIPROGRAM, 'app.json'), 'utf8'));
  let backend = null;

  async function templates() {
    const answer = await fetch(`${backend.url}/templates`);
    if (!answer.ok) throw new Error(`GET /templates answered ${answer.status}`);
    return (await answer.json()).data;
  }

  const gateway = createGateway({
    account: ACCOUNT,
    consents: createConsents(path.join(folder, 'consents.json')),
    templates,
    pages,
    deliver: (openId, message) => deliveries.tell(openId, 'arrival', message),
    onCall: (openId, { path: called, ...call }) =>
      deliveries.tell(openId, 'call', { ...call, path: called.slice(WECHAT.length) }),
  });
  const handle = routed({
    ...(await createSite(MINIPROGRAM)),
    ...backendRoutes(() => backend.url),
    ...wechatRoutes({ gateway, deliveries }),
    'POST /__request': async (request, response) => {
      const domains = new Map([[BACKEND_ORIGIN, backend.url]]);
      sendJson(response, 200, await forward(await jsonOf(request), domains));
    },
    [`POST ${WECHAT}/cgi-bin/stable_token`]: gateway.stableToken,
    [`GET ${WECHAT}/cgi-bin/stable_token`]: gateway.stableToken,
    [`POST ${WECHAT}/cgi-bin/message/subscribe/send`]: gateway.subscribeSend,
    [`GET ${WECHAT}/cgi-bin/message/subscribe/send`]: gateway.subscribeSend,
  });
  const server = createServer(localOnly(handle));

  async function close() {
    deliveries.close();
    server.close();
    server.closeAllConnections();
    await backend?.stop();
    if (!state) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }

  try {
    const url = await listen(server, port);
    backend = await startBackend({
      program,
      database: path.join(folder, 'subscriptions.sqlite3'),
      wechatApi: url + WECHAT,
      account: ACCOUNT,
    });
    return { url, backend, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function listen(server, port) {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}`));
  });
}
