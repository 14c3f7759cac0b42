// `wx.request`: what goes over the wire, what comes back, and how it fails.
// @ts-check
'use strict';

/**
 * @typedef {object} RequestFailure
 * @property {string} text what follows `request:fail `
 * @property {number} [errno]
 *
 * @typedef {object} WireRequest
 * @property {string} method
 * @property {string} url
 * @property {Record<string, string>} header names in lower case
 * @property {string} [body]
 */

const DEFAULT_TIMEOUT_MS = 60000;

/** @satisfies {Record<string, RequestFailure>} */
const REQUEST_FAILURES = {
  timeout: { text: 'timeout', errno: 5 },
  /** As some clients word it. */
  timeoutInChinese: { text: '请求超时', errno: 5 },
  abort: { text: 'abort', errno: 600003 },
  offline: { text: 'net::ERR_INTERNET_DISCONNECTED', errno: 600001 },
  refused: { text: 'net::ERR_CONNECTION_REFUSED', errno: 600001 },
  domain: { text: 'url not in domain list', errno: 600002 },
};

/** errno of a network failure that has none of its own. */
const NETWORK_ERRNO = 600001;

/** errno of a malformed request. */
const INVALID_REQUEST_ERRNO = 600009;

/** @param {Record<string, unknown>} data */
function formOf(data) {
  return Object.keys(data)
    .map((name) => {
      const value = data[name];
      const text =
        value !== null && typeof value === 'object' ? JSON.stringify(value) : String(value);
      return `${encodeURIComponent(name)}=${encodeURIComponent(text)}`;
    })
    .join('&');
}

/**
 * @param {unknown} header
 * @returns {Record<string, string>}
 */
function wireHeader(header) {
  /** @type {Record<string, string>} */
  const wire = { 'content-type': 'application/json' };
  const given = /** @type {Record<string, unknown>} */ (header || {});
  Object.keys(given).forEach((name) => {
    const value = given[name];
    // `referer` is set by WeChat alone.
    if (value === undefined || value === null || name.toLowerCase() === 'referer') return;
    wire[name.toLowerCase()] = String(value);
  });
  return wire;
}

/**
 * The request that the options of a call describe.
 *
 * @param {Record<string, unknown>} options
 * @returns {WireRequest}
 */
function wireRequest(options) {
  const { data } = options;
  const url = String(options.url);
  const method = String(options.method || 'GET').toUpperCase();
  const header = wireHeader(options.header);
  if (data === undefined || data === null) return { method, url, header };
  if (typeof data === 'string') return { method, url, header, body: data };
  const members = /** @type {Record<string, unknown>} */ (data);
  if (method === 'GET') {
    const query = formOf(members);
    return { method, url: query ? url + (url.includes('?') ? '&' : '?') + query : url, header };
  }
  const isForm = String(header['content-type']).startsWith('application/x-www-form-urlencoded');
  return { method, url, header, body: isForm ? formOf(members) : JSON.stringify(data) };
}

/** @param {unknown} url */
const isRequestUrl = (url) => typeof url === 'string' && /^https?:\/\/[^/\s]+/i.test(url);

/**
 * `data` of the answer: parsed JSON unless another dataType is asked for; a body that is not JSON stays a string.
 *
 * @param {string} body
 * @param {unknown} dataType
 * @returns {unknown}
 */
function responseData(body, dataType) {
  if (dataType !== undefined && dataType !== 'json') return body;
  try {
    return JSON.parse(body);
  } catch (_) {
    return body;
  }
}

exports.DEFAULT_TIMEOUT_MS = DEFAULT_TIMEOUT_MS;
exports.INVALID_REQUEST_ERRNO = INVALID_REQUEST_ERRNO;
exports.NETWORK_ERRNO = NETWORK_ERRNO;
exports.REQUEST_FAILURES = REQUEST_FAILURES;
exports.isRequestUrl = isRequestUrl;
exports.responseData = responseData;
exports.wireRequest = wireRequest;
