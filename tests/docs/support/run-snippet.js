// Runs code from the pages as a mini-program would, over the built package and the fake `wx`.
import { page } from './pages.js';

/** The first snippet of a page that contains a text. */
export function snippet(name, text) {
  const found = page(name).code.find(({ code }) => code.includes(text));
  if (!found) throw new Error(`${name} has no code with ${text}`);
  return found.code;
}

/**
 * Runs a snippet of a started app.
 *
 * @param {object} app what `start` of `bare-context.js` resolves with
 * @param {string} code
 * @param {object} [options]
 * @param {Record<string, object>} [options.modules] what it requires besides the package
 * @param {string[]} [options.returns] names that it defines
 */
export function run(app, code, { modules = {}, returns = [] } = {}) {
  const defined = {};
  const printed = [];
  const print = (...values) => printed.push(values);
  const module = { exports: {} };
  const known = {
    module,
    require(name) {
      if (name === 'wx-subscribe') return app.sdk;
      if (name === 'wx-subscribe/fallback') return app.require('fallback.js');
      if (!(name in modules)) throw new Error(`the snippet requires ${name}`);
      return modules[name];
    },
    App: (definition) => Object.assign(defined, { app: definition }),
    Page: (definition) => Object.assign(defined, { page: opened(definition) }),
    wx: app.wx,
    console: { debug: print, error: print, log: print, warn: print },
  };
  const body = `"use strict";${code}\nreturn { ${returns.join(', ')} };`;
  Object.assign(defined, new Function(...Object.keys(known), body)(...Object.values(known)));
  return { ...defined, exported: module.exports, printed };
}

/** A page with its data, as WeChat opens it. */
function opened(definition) {
  return {
    ...definition,
    data: structuredClone(definition.data ?? {}),
    setData(changes) {
      Object.assign(this.data, changes);
    },
  };
}
