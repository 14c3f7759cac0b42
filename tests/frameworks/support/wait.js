// Waiting for something that comes by itself.
'use strict';

/** Waits until `check` returns something truthy. */
async function until(check, what, timeoutMs = 5000) {
  const end = Date.now() + timeoutMs;
  while (!check()) {
    if (Date.now() > end) throw new Error(`waited ${timeoutMs} ms in vain for ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

exports.until = until;
