// `wx.requestSubscribeMessage`: what it refuses, what it answers without
// asking, and what the user's choice becomes.
// @ts-check
'use strict';

const { NOT_TAPPED } = require('./tap.js');

/**
 * @typedef {'accept' | 'reject' | 'ban' | 'filter' | 'acceptWithAlert' | 'acceptWithAudio' | 'acceptWithForcePush'} Answer
 *
 * @typedef {keyof typeof POPUP_ERRORS} PopupErrorCode
 * @typedef {typeof UNCODED_ERRORS[number]} UncodedError
 *
 * @typedef {object} Failure
 * @property {string} text see `failureMessage` of `call.js`
 * @property {number | string} [errCode]
 *
 * @typedef {object} KnownTemplate
 * @property {string | undefined} [title]
 * @property {'once' | 'longTerm' | 'device' | undefined} [type] default `once`
 * @property {boolean | undefined} [banned]
 *
 * @typedef {object} Account what decides about a call, at the time of the call
 * @property {number} maxTemplates
 * @property {boolean} inBackground
 * @property {boolean} offline
 * @property {boolean} banned the mini-program may not ask
 * @property {boolean} mainSwitch
 * @property {Record<string, Answer>} kept choices that the user keeps
 * @property {(id: string) => KnownTemplate | undefined} template
 * @property {PopupErrorCode | UncodedError | null} [forced] what this call fails with, whatever it asks for
 * @property {boolean} [codesAsStrings] as some hosts give them: `'20004'`
 *
 * @typedef {object} Question a call that was not refused
 * @property {string[]} asked the ids that the user is asked about; without any no popup opens
 * @property {(chosen: Record<string, Answer>) => Record<string, Answer>} answer ends the call with the user's choice:
 *   the answers for all ids; an id that was left out is rejected
 * @property {() => void} close ends the call without an answer
 */

/** The documented codes and their texts, in the order of the document. */
const POPUP_ERRORS = {
  10001: "TmplIds can't be empty",
  10002: 'Request list fail',
  10003: 'Request subscribe fail',
  10004: 'Invalid template id',
  10005: 'Cannot show subscribe message UI',
  20001: 'No template data return, verify the template id exist',
  20002: 'Templates type must be same',
  20003: 'Templates count out of max bounds',
  20004: 'The main switch is switched off',
  20005: 'This mini program was banned from subscribing messages',
  20013: 'Reject DeviceMsg Template',
};

/** Texts that some hosts fail with, without a code. */
const UNCODED_ERRORS = /** @type {const} */ ([':cancel', 'cancel', 'not support']);

/** The text of a call while a popup is open; there is no errCode. */
const LAST_CALL_OPEN = 'last call has not ended';

/** The largest number of ids per call, on today's clients. */
const MAX_TEMPLATES = 5;

/**
 * @param {PopupErrorCode | UncodedError} error
 * @param {{ codesAsStrings?: boolean | undefined }} client
 * @returns {Failure}
 */
function failureOf(error, { codesAsStrings }) {
  if (typeof error === 'string') return { text: error };
  return { text: POPUP_ERRORS[error], errCode: codesAsStrings ? String(error) : error };
}

/**
 * The code with which the call fails before a popup opens, or null.
 *
 * @param {unknown} tmplIds
 * @param {Account} account
 * @returns {PopupErrorCode | null}
 */
function refusalOf(tmplIds, account) {
  if (tmplIds === undefined || tmplIds === null) return 10001;
  if (!Array.isArray(tmplIds)) return 10004;
  if (tmplIds.length === 0) return 10001;
  if (!tmplIds.every((id) => typeof id === 'string' && id !== '')) return 10004;
  if (tmplIds.length > account.maxTemplates) return 20003;
  if (account.inBackground) return 10005;
  if (account.offline) return 10002;
  if (account.banned) return 20005;
  if (!account.mainSwitch) return 20004;
  const types = tmplIds.map((id) => {
    const template = account.template(id);
    return template && (template.type || 'once');
  });
  if (types.includes(undefined)) return 20001;
  if (types.includes('device')) return 20013;
  return types.some((type) => type !== types[0]) ? 20002 : null;
}

/**
 * @param {string[]} tmplIds
 * @param {Account} account
 * @returns {{ fixed: Record<string, Answer>, asked: string[] }} answers that need no user, and what is left to ask
 */
function sortIds(tmplIds, account) {
  /** @type {Record<string, Answer>} */
  const fixed = {};
  /** @type {string[]} */
  const asked = [];
  const titles = new Set();
  new Set(tmplIds).forEach((id) => {
    const { title, banned } = account.template(id) || {};
    const kept = account.kept[id];
    if (banned) {
      fixed[id] = 'ban';
      return;
    }
    // Of several templates with one title, the first counts.
    if (title !== undefined && titles.has(title)) fixed[id] = 'filter';
    else if (kept !== undefined) fixed[id] = kept;
    else asked.push(id);
    titles.add(title);
  });
  return { fixed, asked };
}

/**
 * The rules for one client, which shows one popup at a time.
 *
 * @param {{ consume(): boolean }} tap
 */
function createPopupRules(tap) {
  let isOpen = false;

  return {
    /**
     * A call of `wx.requestSubscribeMessage`.
     *
     * @param {unknown} tmplIds
     * @param {() => Account} readAccount called unless the call is refused before
     * @returns {{ failure: Failure, question?: undefined } | { failure?: undefined, question: Question }}
     */
    begin(tmplIds, readAccount) {
      if (!tap.consume()) return { failure: { text: NOT_TAPPED } };
      if (isOpen) return { failure: { text: LAST_CALL_OPEN } };
      const account = readAccount();
      const error = account.forced || refusalOf(tmplIds, account);
      if (error) return { failure: failureOf(error, account) };

      const ids = /** @type {string[]} */ (tmplIds);
      const { fixed, asked } = sortIds(ids, account);
      const close = () => {
        isOpen = false;
      };
      isOpen = true;
      return {
        question: {
          asked,
          close,
          answer(chosen) {
            close();
            /** @type {Record<string, Answer>} */
            const answers = {};
            ids.forEach((id) => {
              answers[id] = fixed[id] || chosen[id] || 'reject';
            });
            return answers;
          },
        },
      };
    },
  };
}

exports.MAX_TEMPLATES = MAX_TEMPLATES;
exports.POPUP_ERRORS = POPUP_ERRORS;
exports.UNCODED_ERRORS = UNCODED_ERRORS;
exports.createPopupRules = createPopupRules;
exports.failureOf = failureOf;
