// The API of the panel: reading from the back end, ordering messages, and
// telling WeChat about the phone.
import { HttpError, jsonOf, send } from './http.mjs';

/** The only routes of the back end that the panel may call. */
const OPEN_CALLS = [
  'GET /templates',
  'GET /grants',
  'GET /messages',
  'GET /subscriptions',
  'POST /sendMessage',
];

const PREFIX = '/backend';

/** Passes a call of the panel on to the back end, which listens at `backendUrl()`. */
export function backendRoutes(backendUrl) {
  async function pass(request, response, url) {
    const method = request.method === 'POST' ? 'POST' : 'GET';
    const body = method === 'POST' ? JSON.stringify(await jsonOf(request)) : undefined;
    const target = new URL(url.pathname.slice(PREFIX.length) + url.search, backendUrl());
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(target, { method, headers, body, redirect: 'manual' }).catch(
      (error) => {
        throw new HttpError(
          502,
          `the back end does not answer: ${error.cause?.code ?? error.message}`,
        );
      },
    );
    send(
      response,
      answer.status,
      answer.headers.get('content-type') ?? 'application/json',
      await answer.text(),
    );
  }
  return Object.fromEntries(OPEN_CALLS.map((call) => [call.replace(' /', ` ${PREFIX}/`), pass]));
}

/**
 * The phone reports the popup's answers and the main switch to WeChat. The
 * panel sets the failure of the next message.
 */
export function wechatRoutes({ gateway, deliveries }) {
  const told = (handle) => async (request, response) => {
    const body = await jsonOf(request);
    if (typeof body.openId !== 'string' || body.openId === '')
      throw new HttpError(400, 'openId is missing');
    handle(body);
    response.writeHead(204).end();
  };
  return {
    'POST /phone/answers': told(({ openId, answers }) =>
      gateway.consents.answered(openId, answers ?? {}),
    ),
    'POST /phone/settings': told(({ openId, mainSwitch }) =>
      gateway.consents.turned(openId, mainSwitch !== false),
    ),
    'POST /phone/failure': told(({ openId, errcode }) => gateway.failNext(openId, errcode ?? null)),
    'GET /phone/wechat': (request, response, url) => {
      deliveries.open(url.searchParams.get('openId') ?? '', response);
    },
  };
}
