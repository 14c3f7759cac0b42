/** One instance of the module. After a trap its state is unknown, and it is never called again. */
import type { Glue, Sdk } from 'wx-subscribe-glue';

export interface Instance {
  glue: Glue;
  /** The one SDK of this instance, once it is made. */
  sdk: Sdk | undefined;
  /** What the module threw, once it has. */
  trap: unknown;
  /** Told of the trap. */
  onTrap: (reason: unknown) => void;
}

type Export = (...values: unknown[]) => unknown;

/** Ties `glue` to the exports of its module, which every call from now on goes through. */
export function connect(glue: Glue, exports: Record<string, unknown>): Instance {
  const instance: Instance = { glue, sdk: undefined, trap: undefined, onTrap: () => {} };
  const guarded: Record<string, unknown> = {};
  Object.keys(exports).forEach((name) => {
    const member = exports[name];
    guarded[name] = typeof member === 'function' ? guard(instance, member as Export) : member;
  });
  glue.__wbg_set_wasm(guarded);
  return instance;
}

/**
 * A host that calls back late must not wake the dead, and what the module
 * throws is no concern of the host that called it.
 */
function guard(instance: Instance, call: Export): Export {
  return (...values) => {
    if (instance.trap) return undefined;
    try {
      return call(...values);
    } catch (error) {
      instance.trap = error || 'unknown';
      instance.onTrap(error);
      return undefined;
    }
  };
}
