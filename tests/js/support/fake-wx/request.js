// The fake `wx.request`, over a transport that the test gives.
'use strict';

const { wrongType } = require('../../../wechat/call.js');
const rules = require('../../../wechat/request.js');

const { REQUEST_FAILURES } = rules;

function createRequest(fake, platform, api) {
  return function request(options) {
    const given = options || {};
    api.record('request', given);
    const settle = api.settler('request', given);
    const fail = ({ text, errno }) => settle.fail(text, errno === undefined ? {} : { errno });
    let over = false;
    let giveUp;
    let stopTimeout = () => {};

    const end = (finish) => {
      if (over) return;
      over = true;
      stopTimeout();
      platform.pending.delete(drop);
      finish();
    };
    const drop = (finish = () => {}) =>
      end(() => {
        if (giveUp) giveUp();
        finish();
      });
    const task = { abort: () => drop(() => fail(REQUEST_FAILURES.abort)) };

    if (typeof given.url !== 'string') {
      fail({ text: wrongType('url', 'String', given.url) });
      return task;
    }
    if (!rules.isRequestUrl(given.url)) {
      fail({ text: `invalid url "${given.url}"`, errno: rules.INVALID_REQUEST_ERRNO });
      return task;
    }
    if (!platform.network.isConnected) {
      fail(REQUEST_FAILURES.offline);
      return task;
    }

    platform.pending.add(drop);
    stopTimeout = platform.timers.after(given.timeout || rules.DEFAULT_TIMEOUT_MS, () =>
      drop(() =>
        fail(fake.chineseTimeout ? REQUEST_FAILURES.timeoutInChinese : REQUEST_FAILURES.timeout),
      ),
    );
    giveUp = platform.transport(rules.wireRequest(given), (outcome) =>
      end(() => {
        const { errMsg, errno = rules.NETWORK_ERRNO, body = '', statusCode, header = {} } = outcome;
        if (errMsg !== undefined) fail({ text: errMsg, errno });
        else
          settle.success({
            data: rules.responseData(body, given.dataType),
            statusCode,
            header,
            cookies: [],
          });
      }),
    );
    return task;
  };
}

/**
 * A transport that asks a plain function.
 *
 * @param {(request: import('../fake-wx.js').HttpRequest & { json: any }) => object | undefined} answer
 *   returns `{ statusCode = 200, json | body, header }`, `{ errMsg, errno }`, or nothing to stay silent
 * @returns {import('../fake-wx.js').Transport}
 */
function answerWith(answer) {
  return (request, respond) => {
    let json;
    try {
      json = JSON.parse(request.body);
    } catch (_) {
      json = undefined;
    }
    const reply = answer(Object.assign({ json }, request));
    if (!reply) return;
    if (reply.errMsg !== undefined) {
      respond(reply);
      return;
    }
    respond({
      statusCode: reply.statusCode || 200,
      header: reply.header,
      body: reply.json === undefined ? reply.body : JSON.stringify(reply.json),
    });
  };
}

exports.answerWith = answerWith;
exports.createRequest = createRequest;
