// WeChat's server, as far as a back end that sends subscription messages sees
// it: `stable_token` and `subscribe/send`, strict on the wire.
import { sendJson, textOf } from '../http.mjs';
import { createConsents } from './consents.mjs';
import { WechatError, refusal } from './errors.mjs';
import { wrongIn } from './fields.mjs';
import { createTokens } from './tokens.mjs';

const STATES = ['developer', 'trial', 'formal'];
const LANGUAGES = ['zh_CN', 'en_US', 'zh_HK', 'zh_TW'];

/**
 * @typedef {object} Template
 * @property {string} templateId
 * @property {string} title
 * @property {{ key: string, label: string }[]} fields
 *
 * @typedef {object} Message what the user's WeChat shows
 * @property {string} templateId
 * @property {string} title
 * @property {{ label: string, value: string }[]} fields
 * @property {string} page
 */

/**
 * @param {object} options
 * @param {{ appid: string, secret: string }} options.account
 * @param {() => Promise<Template[]>} options.templates those of the account
 * @param {string[]} options.pages those of the mini-program
 * @param {(openId: string, message: Message) => void} options.deliver
 */
export function createGateway({ account, templates, pages, deliver }) {
  const tokens = createTokens(account);
  const consents = createConsents();
  /** openId → the errcode that the next message to this user meets. */
  const failures = new Map();

  async function sent(token, body) {
    tokens.check(token);
    const { touser, template_id: templateId, page = '', data, miniprogram_state: state = 'formal', lang = 'zh_CN' } = body;
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
    deliver(touser, { templateId, title: template.title, fields, page });
    return { errcode: 0, errmsg: 'ok' };
  }

  /** The failure that was asked for, once; an expired token stays expired. */
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

  /** WeChat takes JSON under any content type, and says what it finds wrong with 200. */
  const answering = (handle) => async (request, response, url) => {
    try {
      if (request.method !== 'POST') throw new WechatError(43002);
      sendJson(response, 200, await handle(parsed(await textOf(request)), url));
    } catch (error) {
      if (!(error instanceof WechatError)) throw error;
      sendJson(response, 200, refusal(error));
    }
  };

  return {
    consents,
    /** The next message to this user meets an errcode; `null` for none. */
    failNext(openId, errcode) {
      if (errcode === null) failures.delete(openId);
      else failures.set(openId, errcode);
    },
    stableToken: answering((body) => tokens.issue(body)),
    subscribeSend: answering((body, url) => sent(url.searchParams.get('access_token'), body)),
  };
}

function parsed(text) {
  if (text === '') throw new WechatError(44002);
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    throw new WechatError(47001);
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new WechatError(47001);
  return body;
}
