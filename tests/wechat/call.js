// What every asynchronous API of `wx` has in common: callbacks or a promise,
// and how `errMsg` is written.
// @ts-check
'use strict';

const CALLBACKS = ['success', 'fail', 'complete'];

/**
 * With any callback a call returns no promise.
 *
 * @param {Record<string, unknown>} options
 */
const hasCallback = (options) => CALLBACKS.some((name) => typeof options[name] === 'function');

/**
 * A copy of the options without the callbacks.
 *
 * @param {Record<string, unknown>} options
 * @returns {Record<string, unknown>}
 */
function withoutCallbacks(options) {
  const copy = Object.assign({}, options);
  CALLBACKS.forEach((name) => delete copy[name]);
  return copy;
}

/**
 * The `errMsg` of a failed call.
 *
 * @param {string} api
 * @param {string} text what follows `:fail `; one that begins with a colon follows the name of the API
 */
const failureMessage = (api, text) => (text.startsWith(':') ? api + text : `${api}:fail ${text}`);

/**
 * The text of a call whose parameter has the wrong type.
 *
 * @param {string} name
 * @param {string} type
 * @param {unknown} value
 */
function wrongType(name, type, value) {
  const given = Object.prototype.toString.call(value).slice(8, -1);
  return `parameter error: parameter.${name} should be ${type} instead of ${given};`;
}

/** APIs that applications are seen to replace with `async` functions. */
const OFTEN_ASYNC_APIS = ['requestSubscribeMessage', 'request', 'getSetting', 'openSetting'];

/**
 * An API that can be replaced with an `async` function that returns nothing. Then, given callbacks, its promise is
 * fulfilled with undefined before any of them is called, and what the API itself returns, as a request's task, is lost.
 *
 * @param {() => boolean} isReplaced asked at each call
 * @param {(...given: any[]) => unknown} api
 * @param {PromiseConstructor} PromiseOfApp the mini-program's
 * @returns {(...given: any[]) => unknown}
 */
const asyncWhile = (isReplaced, api, PromiseOfApp) =>
  function callApi(...given) {
    if (!isReplaced() || !hasCallback(given[0] || {})) return api(...given);
    return new PromiseOfApp((resolve) => {
      api(...given);
      resolve(undefined);
    });
  };

exports.OFTEN_ASYNC_APIS = OFTEN_ASYNC_APIS;
exports.asyncWhile = asyncWhile;
exports.failureMessage = failureMessage;
exports.hasCallback = hasCallback;
exports.withoutCallbacks = withoutCallbacks;
exports.wrongType = wrongType;
