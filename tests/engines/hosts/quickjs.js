// QuickJS as a host of the suites, itself compiled to WebAssembly:
// `node quickjs.js BUNDLE`.
'use strict';

const fs = require('node:fs');

const { newQuickJSWASMModuleFromVariant } = require('quickjs-emscripten-core');
const variant = require('@jitl/quickjs-wasmfile-release-sync').default;

/** The result of a call into the engine; throws what the call threw. */
function unwrap(context, result) {
  if (!result.error) return result.value;
  const { name, message, stack } = context.dump(result.error);
  throw new Error(`${name}: ${message}\n${stack}`);
}

function createHost(runtime, context) {
  let step;
  const host = context.newObject();
  const define = (object, name, work) =>
    context.setProp(object, name, context.newFunction(name, work));

  context.setProp(host, 'hasJit', context.false);
  define(host, 'print', (line) => {
    fs.writeSync(1, `${context.getString(line)}\n`);
  });
  define(host, 'createRealm', () => {
    const other = runtime.newContext();
    const realm = context.newObject();
    define(realm, 'evaluate', (source) => other.evalCode(context.getString(source)));
    return realm;
  });
  define(host, 'drive', (work) => {
    step = work.dup();
  });
  return {
    host,
    hasMore: () => context.dump(unwrap(context, context.callFunction(step, context.undefined))),
  };
}

async function main(file) {
  const engine = await newQuickJSWASMModuleFromVariant(variant);
  const runtime = engine.newRuntime();
  const context = runtime.newContext();
  const { host, hasMore } = createHost(runtime, context);
  context.setProp(context.global, 'host', host);
  unwrap(context, context.evalCode(fs.readFileSync(file, 'utf8'), file));
  do unwrap(context, runtime.executePendingJobs());
  while (hasMore());
}

main(process.argv[2]);
