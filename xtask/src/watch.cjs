// Loaded into Node before the wasm tests. If the promise of a test never
// settles, Node would exit with success, or a timer would keep it running for
// ever; both count as failures.
'use strict';

const LIMIT_MS = 180000;
const WHICH = 'add `-- --nocapture` to see which';

function fail(message) {
  process.stderr.write(`error: ${message}; ${WHICH}\n`);
  process.exit(1);
}

// The runner ends with process.exit, which does not emit this event.
process.on('beforeExit', () =>
  fail('a test never finished, and nothing is left that it could wait for'),
);
setTimeout(
  () => fail(`the tests of one file took more than ${LIMIT_MS / 1000} s`),
  LIMIT_MS,
).unref();
