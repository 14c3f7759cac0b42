// What the panel asks for: reads of the back end and the order to send, and
// what WeChat learns from the phone.
import { HttpError, jsonOf, send } from './http.mjs';

/** Of the back end, and nothing else, so that the panel is no way around it. */
const OPEN_CALLS = ['GET /templates', 'GET /grants', 'GET /messages', 'GET /subscriptions', 'POST /sendMessage'];

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
        throw new HttpError(502, `the back end does not answer: ${error.cause?.code ?? error.message}`);
      },
    );
    send(response, answer.status, answer.headers.get('content-type') ?? 'application/json', await answer.text());
  }
  return Object.fromEntries(OPEN_CALLS.map((call) => [call.replace(' /', ` ${PREFIX}/`), pass]));
}

/**
 * What the phone tells its WeChat: the popup's answers, the main switch. And
 * what the panel makes WeChat do: the next message's failure.
 */
export function wechatRoutes({ gateway, deliveries }) {
  const told = (handle) => async (request, response) => {
    const body = await jsonOf(request);
    if (typeof body.openId !== 'string' || body.openId === '') throw new HttpError(400, 'openId is missing');
    handle(body);
    response.writeHead(204).end();
  };
  return {
    'POST /phone/answers': told(({ openId, answers }) => gateway.consents.answered(openId, answers ?? {})),
    'POST /phone/settings': told(({ openId, mainSwitch }) => gateway.consents.turned(openId, mainSwitch !== false)),
    'POST /phone/failure': told(({ openId, errcode }) => gateway.failNext(openId, errcode ?? null)),
    'GET /phone/wechat': (request, response, url) => {
      deliveries.open(url.searchParams.get('openId') ?? '', response);
    },
  };
}
