// Reproducible random numbers, from a seed.
'use strict';

/** mulberry32: numbers from 0 to 1, determined by the seed. */
function mulberry32(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Random choices by `next`, a function that returns numbers from 0 to 1. */
function dice(next) {
  const below = (limit) => Math.floor(next() * limit);
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    among: (values) => values[below(values.length)],
    /** One of `[weight, …]`, with a probability proportional to its weight. */
    weighted(entries) {
      let point = next() * entries.reduce((sum, [weight]) => sum + weight, 0);
      return entries.find(([weight]) => (point -= weight) < 0) || entries[entries.length - 1];
    },
  };
}

exports.dice = dice;
exports.mulberry32 = mulberry32;
