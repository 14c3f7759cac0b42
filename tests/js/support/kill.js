// Kills an app in the midst of its work, as a phone does: at the n-th step
// across the border between the package and its host. From then on nothing of
// the app reaches the world, and nothing of the world reaches the app.
'use strict';

const CALLBACKS = ['success', 'fail', 'complete'];
/** Calls that change something outside the app. For the others, killed before or after is the same. */
const EFFECTS = /^request|^(set|remove|clear)Storage/;

/**
 * @param {number} [at] the number of the step, from 1; none without it
 */
function createBorder(at = Infinity) {
  const steps = [];
  let onDeath = () => {};
  let isDead = false;

  /** One step. Whether the app is still alive after it. */
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
      // What runs on in a killed app is a ghost: it gets nothing and does nothing.
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
      Object.fromEntries(Object.entries(functions).map(([name, work]) => [name, outward(name, work)])),
    isDead: () => isDead,
    /** Runs `work` at the kill, within the step. */
    whenKilled(work) {
      onDeath = work;
    },
  };
}

exports.createBorder = createBorder;
