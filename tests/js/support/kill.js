// Kills an app during its work, as a phone does: at the n-th call between the
// package and its host. From then on no call of the app has an effect, and no
// callback reaches the app.
'use strict';

const CALLBACKS = ['success', 'fail', 'complete'];
/** Calls with an effect outside the app. For the others, a kill before or after makes no difference. */
const EFFECTS = /^request|^(set|remove|clear)Storage/;

/**
 * @param {number} [at] the number of the step, from 1; none without it
 */
function createBorder(at = Infinity) {
  const steps = [];
  let onDeath = () => {};
  let isDead = false;

  /** One step. Returns whether the app is still alive. */
  function step(name) {
    if (isDead) return false;
    steps.push(name);
    if (steps.length < at) return true;
    isDead = true;
    onDeath();
    return false;
  }

  /** A function of the app that the host calls. */
  function inward(name, work) {
    return (...given) => {
      if (!step(`before ${name}`)) return undefined;
      const result = work(...given);
      step(`after ${name}`);
      return result;
    };
  }

  const wrapped = (name, value) => (typeof value === 'function' ? inward(name, value) : value);

  /** An argument of `api`, with the callbacks in it or that it is. */
  function argument(api, value) {
    if (value === null || typeof value !== 'object') return wrapped(`a callback of ${api}`, value);
    const copy = { ...value };
    CALLBACKS.forEach((key) => {
      if (key in copy) copy[key] = wrapped(`${key} of ${api}`, copy[key]);
    });
    return copy;
  }

  /** A function of the host that the app calls: killed before it takes effect, or after. */
  function outward(name, work) {
    return (...given) => {
      // Code that still runs in a killed app has no effect.
      if (!step(`before ${name}`)) return undefined;
      const result = work(...given.map((value) => argument(name, value)));
      return !EFFECTS.test(name) || step(`after ${name}`) ? result : undefined;
    };
  }

  return {
    /** The names of the steps so far. */
    steps,
    step,
    outward,
    /** An object of functions, such as `wx`. */
    host: (functions) =>
      Object.fromEntries(
        Object.entries(functions).map(([name, work]) => [name, outward(name, work)]),
      ),
    isDead: () => isDead,
    /** Runs `work` at the kill, within the step. */
    whenKilled(work) {
      onDeath = work;
    },
  };
}

exports.createBorder = createBorder;
