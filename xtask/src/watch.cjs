// Loaded into Node before the wasm tests. A test whose promise never settles
// would let Node run out of work and end with success, or a timer would keep it
// going for ever; both are failures.
'use strict';

const LIMIT_MS = 180000;
const WHICH = 'add `-- --nocapture` to see which';

function fail(message) {
  process.stderr.write(`error: ${message}; ${WHICH}\n`);
  process.exit(1);
}

// The runner itself ends with process.exit, after which this is not emitted.
process.on('beforeExit', () => fail('a test never finished, and nothing is left that it could wait for'));
setTimeout(() => fail(`the tests of one file took more than ${LIMIT_MS / 1000} s`), LIMIT_MS).unref();
