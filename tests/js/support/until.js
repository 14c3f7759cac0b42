// Waiting for what comes by itself.
'use strict';

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until `check` returns a truthy value, and returns it. */
async function until(check, what, timeoutMs = 5000) {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const found = await check();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited ${timeoutMs} ms in vain for ${what()}`);
    await sleep(5);
  }
}

exports.sleep = sleep;
exports.until = until;
