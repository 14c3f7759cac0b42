// The part of node:vm that the suites use: realms, which the host creates.
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
