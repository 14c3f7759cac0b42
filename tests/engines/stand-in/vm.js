// What the suites use of node:vm: realms of their own, as the host makes them.
'use strict';

const realms = new WeakMap();

function createContext(globals) {
  const realm = host.createRealm();
  Object.assign(realm.evaluate('this'), globals);
  realms.set(globals, realm);
  return globals;
}

const runInContext = (source, context) => realms.get(context).evaluate(source);

exports.createContext = createContext;
exports.runInContext = runInContext;
