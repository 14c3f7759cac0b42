// WeChat's numbers and texts for the errors of its server API.

const TEXTS = {
  [-1]: 'system error',
  40001: 'invalid credential, access_token is invalid or not latest',
  40002: 'invalid grant_type',
  40003: 'invalid openid',
  40013: 'invalid appid',
  40037: 'invalid template_id',
  40125: 'invalid appsecret',
  41001: 'access_token missing',
  41002: 'appid missing',
  41004: 'appsecret missing',
  41030: 'invalid page',
  42001: 'access_token expired',
  43002: 'require POST method',
  43101: 'user refuse to accept the msg',
  44002: 'empty post data',
  45009: 'reach max api daily quota limit',
  47001: 'data format error',
  47003: 'argument invalid!',
};

/** A refusal: always HTTP 200, with the number in the body. */
export class WechatError extends Error {
  /**
   * @param {number} errcode
   * @param {string} [detail] what WeChat appends to the text, as for 47003
   */
  constructor(errcode, detail = '') {
    super(`${TEXTS[errcode] ?? 'unknown error'}${detail && ` ${detail}`}`);
    this.errcode = errcode;
  }
}

const hex = () =>
  Math.floor(Math.random() * 2 ** 32)
    .toString(16)
    .padStart(8, '0');

/** The body of WeChat's answer, with its request id. */
export function refusal({ errcode, message }) {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return { errcode, errmsg: `${message} rid: ${seconds}-${hex()}-${hex()}` };
}
