/**
 * One instance of the module. After a trap its state is unknown: no code of it
 * runs on, and it is never called again.
 */
import { createGlue } from 'wx-subscribe-glue';

/** The exports of the module, by wasm-bindgen's glue for one instance; and what the module imports. */
export type Glue = typeof import('../generated/wx_subscribe') & {
  imports: Record<string, unknown>;
  __wbg_set_wasm(exports: object): void;
};

export interface Instance {
  glue: Glue;
  /** What the module is instantiated with. */
  imports: Record<string, Record<string, unknown>>;
  /** What the module threw, once it has. */
  trap: unknown;
  /** Told of the trap, once nothing of the module is on the stack any more. */
  onTrap: (reason: unknown) => void;
  /** Ties the glue to the module's exports. */
  connect: (exports: Record<string, unknown>) => void;
}

/** No import or export has more values: a list of them would be made at each call. */
type Call = (a?: unknown, b?: unknown, c?: unknown, d?: unknown, e?: unknown) => unknown;

export function createInstance(): Instance {
  const glue: Glue = createGlue();
  /** How many calls into the module are under way, each within the one before. */
  let depth = 0;

  const instance: Instance = {
    glue,
    // The one name under which the module asks for its glue.
    imports: { g: withFunctions(glue.imports, guardImport) },
    trap: undefined,
    onTrap: () => {},
    connect: (exports) => glue.__wbg_set_wasm(withFunctions(exports, guardExport)),
  };

  function endIfTrapped(): void {
    if (instance.trap) throw instance.trap;
  }

  /**
   * A call back into the module may have trapped meanwhile, and been caught by
   * the host or a promise: the frame that waits for it must not go on.
   */
  function guardImport(call: Call): Call {
    return (a, b, c, d, e) => {
      endIfTrapped();
      const result = call(a, b, c, d, e);
      endIfTrapped();
      return result;
    };
  }

  /**
   * A host that calls back late must not wake the dead, and what the module
   * throws is no concern of whoever calls it: should that be a frame of the
   * module, its import ends it.
   */
  function guardExport(call: Call): Call {
    return (a, b, c, d, e) => {
      if (instance.trap) return undefined;
      depth++;
      try {
        return call(a, b, c, d, e);
      } catch (error) {
        instance.trap = instance.trap || error || 'unknown';
      } finally {
        depth--;
      }
      if (!depth) instance.onTrap(instance.trap);
      return undefined;
    };
  }

  return instance;
}

/** A copy of `members` with each function replaced. */
function withFunctions(members: Record<string, unknown>, replace: (call: Call) => Call): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  Object.keys(members).forEach((name) => {
    const member = members[name];
    copy[name] = typeof member === 'function' ? replace(member as Call) : member;
  });
  return copy;
}
