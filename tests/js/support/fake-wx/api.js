// Shared by all functions of the fake `wx`: the log, and callbacks or a promise.
'use strict';

const { failureMessage, hasCallback, withoutCallbacks } = require('../../../wechat/call.js');

const clone = (value) => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));

/** `options` as the log keeps them: a copy without the callbacks. */
function summary(options) {
  if (options === null || typeof options !== 'object') return options;
  return clone(withoutCallbacks(options));
}

function createApi({ timers, tap, log }) {
  function record(api, options) {
    log.push({
      api,
      options: options === undefined ? undefined : summary(options),
      heldTap: tap.isHeld(),
      at: log.length,
    });
  }

  /** Delivers the result of a call made now, in a later macrotask that holds the tap that WeChat gives it. */
  function settler(api, callbacks) {
    const taps = tap.ofCallbacks(api);
    const deliver = (name, result) => {
      timers.after(0, () => {
        tap.run(taps[name](), () => {
          try {
            if (typeof callbacks[name] === 'function') callbacks[name](result);
          } finally {
            if (typeof callbacks.complete === 'function') callbacks.complete(result);
          }
        });
      });
    };
    return {
      success: (result) => deliver('success', Object.assign({ errMsg: `${api}:ok` }, result)),
      fail: (text, more) =>
        deliver('fail', Object.assign({ errMsg: failureMessage(api, text) }, more)),
    };
  }

  function call(api, options, work) {
    const given = options || {};
    record(api, given);
    if (hasCallback(given)) {
      work(given, settler(api, given));
      return undefined;
    }
    return new Promise((resolve, reject) => {
      work(given, settler(api, { success: resolve, fail: reject }));
    });
  }

  return { record, settler, call };
}

exports.createApi = createApi;
exports.summary = summary;
