// JavaScriptCore's shell as a host of the suites. It runs this file, and then
// the bundle, as one script.
'use strict';

var host = {
  print: print,
  hasJit: Boolean(jscOptions().useJIT),
  createRealm: function () {
    var realm = $.createRealm();
    return {
      evaluate: function (source) {
        return realm.evalScript(source);
      },
    };
  },
  drive: function (step) {
    do drainMicrotasks();
    while (step());
  },
};

setUnhandledRejectionCallback(function (promise, reason) {
  print('Bail out! a rejection that nobody handles: ' + reason + '\n' + (reason && reason.stack));
});
