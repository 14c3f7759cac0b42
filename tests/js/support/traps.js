// Instances of the module that trap when a test says so; records all calls of
// and by them after the trap.
'use strict';

const { longNameOf } = require('./names.js');

const UNREACHABLE = 'unreachable executed';
const OUT_OF_MEMORY = 'out of memory';

/** A copy of `members` with each function replaced. */
const withFunctions = (members, replace) =>
  Object.fromEntries(
    Object.entries(members).map(([name, member]) => [
      name,
      typeof member === 'function' ? replace(name, member) : member,
    ]),
  );

/**
 * @param {(call: { instance: number, name: string, at: number, nameAt: number }) => boolean} [when] whether a
 *   call of an export traps: the `nameAt`-th of this export, the `at`-th of all, all counted from 1
 * @param {object} [options]
 * @param {boolean} [options.late] the trap comes when the export has done its work, not before
 */
function createTraps(when = () => false, { late = false } = {}) {
  const traps = {
    when,
    /** `(number) => boolean`: whether the instance with this number, from 1, cannot be made. */
    refuse: () => false,
    /** Each instance made so far. */
    instances: [],
    /** How many of them were loaded, or could not be. */
    ready: 0,
    /** For `start`: the instances of `WXWebAssembly`. */
    wasm: {
      WebAssembly: {
        async instantiate(bytes, imports) {
          const made = watch();
          const { module, instance } = await WebAssembly.instantiate(bytes, made.imports(imports));
          return { module, instance: { exports: made.exports(instance.exports) } };
        },
      },
    },
    /** For `setup`: the instances of the package's fallback. */
    fallback: (real) => (imports) => {
      const made = watch();
      return made.exports(real(made.imports(imports)));
    },
  };

  function watch() {
    const number = traps.instances.length + 1;
    const instance = {
      /** How often each export was called before the trap. */
      calls: {},
      /** The export that trapped. */
      trapped: null,
      /** What was called after that: exports, and imports by the module itself. */
      callsAfter: [],
    };
    traps.instances.push(instance);
    let count = 0;
    if (traps.refuse(number)) {
      traps.ready += 1;
      throw new RangeError(OUT_OF_MEMORY);
    }

    function watched(short, work) {
      const name = longNameOf(short);
      return (...values) => {
        if (instance.trapped) {
          instance.callsAfter.push(name);
          return work(...values);
        }
        count += 1;
        instance.calls[name] = (instance.calls[name] || 0) + 1;
        if (!traps.when({ instance: number, name, at: count, nameAt: instance.calls[name] }))
          return work(...values);
        if (late) work(...values);
        instance.trapped = name;
        throw new WebAssembly.RuntimeError(UNREACHABLE);
      };
    }
    function outward(name, work) {
      return (...values) => {
        if (instance.trapped) instance.callsAfter.push(name);
        return work(...values);
      };
    }
    return {
      imports: (modules) =>
        Object.fromEntries(
          Object.entries(modules).map(([name, members]) => [name, withFunctions(members, outward)]),
        ),
      exports(members) {
        traps.ready += 1;
        return withFunctions(members, watched);
      },
    };
  }

  return traps;
}

exports.UNREACHABLE = UNREACHABLE;
exports.createTraps = createTraps;
