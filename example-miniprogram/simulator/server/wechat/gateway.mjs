// WeChat's server for a back end that sends subscription messages:
// `stable_token` and `subscribe/send`, strict about the format.
import { randomUUID } from 'node:crypto';

import { sendJson, textOf } from '../http.mjs';
import { WechatError, refusal } from './errors.mjs';
import { wrongIn } from './fields.mjs';
import { createTokens } from './tokens.mjs';

/** Long, as WeChat's are, and still a number to JavaScript. */
const FIRST_MSGID = 2_900_000_000_000_000;

const STATES = ['developer', 'trial', 'formal'];
const LANGUAGES = ['zh_CN', 'en_US', 'zh_HK', 'zh_TW'];

/**
 * @typedef {object} Template
 * @property {string} templateId
 * @property {string} title
 * @property {{ key: string, label: string }[]} fields
 *
 * @typedef {object} Message what the user's WeChat shows
 * @property {string} id
 * @property {string} templateId
 * @property {string} title
 * @property {{ label: string, value: string }[]} fields
 * @property {string} page
 *
 * @typedef {object} Call one call of the back end, for the panel
 * @property {string} path
 * @property {unknown} sent the body without the secret
 * @property {{ errcode?: number, errmsg?: string }} answer without the token
 */

/**
 * @param {object} options
 * @param {{ appid: string, secret: string }} options.account
 * @param {ReturnType<typeof import('./consents.mjs').createConsents>} options.consents
 * @param {() => Promise<Template[]>} options.templates those of the account
 * @param {string[]} options.pages those of the mini-program
 * @param {(openId: string, message: Message) => void} options.deliver
 * @param {(openId: string | null, call: Call) => void} options.onCall
 */
export function createGateway({ account, consents, templates, pages, deliver, onCall }) {
  const tokens = createTokens(account);
  /** openId → the errcode of the next message to this user. */
  const failures = new Map();
  let messages = 0;

  async function sent(token, body) {
    tokens.check(token);
    const {
      touser,
      template_id: templateId,
      page = '',
      data,
      miniprogram_state: state = 'formal',
      lang = 'zh_CN',
    } = body;
    if (typeof touser !== 'string' || touser === '') throw new WechatError(40003);
    meetFailure(touser, token);
    if (!consents.knows(touser)) throw new WechatError(40003);
    const template = (await templates()).find((one) => one.templateId === templateId);
    if (!template) throw new WechatError(40037);
    if (page && !pages.includes(page.split('?')[0])) throw new WechatError(41030);
    if (!STATES.includes(state)) throw new WechatError(47003, 'miniprogram_state is invalid');
    if (!LANGUAGES.includes(lang)) throw new WechatError(47003, 'lang is invalid');
    const wrong = wrongIn(template.fields, data);
    if (wrong) throw new WechatError(47003, wrong);
    if (!consents.allows(touser, templateId)) throw new WechatError(43101);
    consents.spend(touser, templateId);
    const fields = template.fields.map(({ key, label }) => ({ label, value: data[key].value }));
    deliver(touser, { id: randomUUID(), templateId, title: template.title, fields, page });
    messages += 1;
    return { errcode: 0, errmsg: 'ok', msgid: FIRST_MSGID + messages };
  }

  /** The failure that the panel set; used once. An expired token stays expired. */
  function meetFailure(openId, token) {
    const errcode = failures.get(openId);
    if (errcode === undefined) return;
    failures.delete(openId);
    if (errcode === 42001) {
      tokens.expire();
      tokens.check(token);
    }
    const example = 'data.thing1.value invalid';
    throw new WechatError(errcode, errcode === 47003 ? example : '');
  }

  /** WeChat accepts JSON under any content type, and answers errors with 200. */
  const answering = (handle) => async (request, response, url) => {
    let body = null;
    let answer;
    try {
      if (request.method !== 'POST') throw new WechatError(43002);
      body = parsed(await textOf(request));
      answer = await handle(body, url);
    } catch (error) {
      if (!(error instanceof WechatError)) throw error;
      answer = refusal(error);
    }
    // Before the answer, after which the back end may call again.
    onCall(body?.touser ?? null, {
      path: url.pathname,
      sent: masked(body),
      answer: masked(answer),
    });
    sendJson(response, 200, answer);
  };

  return {
    consents,
    /** Sets the errcode of the next message to this user; `null` for none. */
    failNext(openId, errcode) {
      if (errcode === null) failures.delete(openId);
      else failures.set(openId, errcode);
    },
    stableToken: answering((body) => tokens.issue(body)),
    subscribeSend: answering((body, url) => sent(url.searchParams.get('access_token'), body)),
  };
}

/** A body without its secrets. */
function masked(body) {
  if (body === null) return null;
  const hidden = ['secret', 'access_token'].filter((name) => name in body);
  return { ...body, ...Object.fromEntries(hidden.map((name) => [name, '***'])) };
}

function parsed(text) {
  if (text === '') throw new WechatError(44002);
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    throw new WechatError(47001);
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new WechatError(47001);
  return body;
}
