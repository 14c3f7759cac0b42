// The part of node:assert/strict that the suites use, with the same rules.
'use strict';

class AssertionError extends Error {}

function shown(value) {
  try {
    return (
      JSON.stringify(value, (_, member) => (member === undefined ? 'undefined' : member)) ||
      String(value)
    );
  } catch (_) {
    return String(value);
  }
}

function fail(message = 'failed') {
  throw message instanceof Error ? message : new AssertionError(message);
}

function ok(value, message = `${shown(value)} is not true`) {
  if (!value) fail(message);
}

const isObject = (value) => value !== null && typeof value === 'object';

function isSame(a, b) {
  if (Object.is(a, b)) return true;
  if (!isObject(a) || !isObject(b) || Object.getPrototypeOf(a) !== Object.getPrototypeOf(b))
    return false;
  if (a instanceof Map || a instanceof Set) return isSame([...a], [...b]);
  if (a instanceof Error && (a.name !== b.name || a.message !== b.message)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every(
    (key) => Object.prototype.hasOwnProperty.call(b, key) && isSame(a[key], b[key]),
  );
}

/** Whether an error matches the expectation of `rejects` and `throws`. */
function checkError(error, expected) {
  if (expected === undefined) return;
  if (expected instanceof RegExp)
    ok(expected.test(String(error)), `${error} does not match ${expected}`);
  else if (typeof expected === 'function')
    ok(expected(error) === true, `${error} is another error`);
  else {
    Object.keys(expected).forEach((key) => {
      const wanted = expected[key];
      const isMet = wanted instanceof RegExp ? wanted.test(error[key]) : isSame(error[key], wanted);
      ok(
        isMet,
        `${key} is ${shown(error[key])}, not ${wanted instanceof RegExp ? wanted : shown(wanted)}`,
      );
    });
  }
}

function equal(actual, expected, message = `${shown(actual)} is not ${shown(expected)}`) {
  ok(Object.is(actual, expected), message);
}

function deepEqual(actual, expected, message = 'they differ') {
  ok(isSame(actual, expected), `${message}: ${shown(actual)} is not ${shown(expected)}`);
}

function match(text, pattern, message = `${shown(text)} does not match ${pattern}`) {
  ok(typeof text === 'string' && pattern.test(text), message);
}

async function rejects(promise, expected) {
  let error;
  try {
    await promise;
  } catch (reason) {
    error = { reason };
  }
  ok(error, 'this was not rejected');
  checkError(error.reason, expected);
}

module.exports = { deepEqual, equal, fail, match, ok, rejects };
