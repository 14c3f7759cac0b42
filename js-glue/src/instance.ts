/**
 * One instance of the module. After a trap its state is unknown: no code of it
 * runs on, and it is never called again.
 */
import { createGlue, ownImports } from 'wx-subscribe-glue';

/** The exports of the module, by wasm-bindgen's glue for one instance; and what the module imports. */
export type Glue = typeof import('../generated/wx_subscribe') & {
  imports: Call[];
  __wbg_set_wasm(exports: object): void;
};

export interface Instance {
  glue: Glue;
  /** What runs the module. */
  engine: 'wasm' | 'fallback';
  /** What the module is instantiated with. */
  imports: Record<string, Record<string, unknown>>;
  /** What the module threw when it trapped. */
  trap: unknown;
  /** Called after a trap, when no frame of the module is on the stack any more. */
  onTrap: (reason: unknown) => void;
  /** Connects the glue with the module's exports. */
  connect: (exports: Record<string, unknown>) => void;
}

/** No function here takes more than five arguments; listing them avoids a rest array. */
type Call = (a?: unknown, b?: unknown, c?: unknown, d?: unknown, e?: unknown) => unknown;

export function createInstance(engine: Instance['engine']): Instance {
  const glue: Glue = createGlue();
  /** How many nested calls into the module are on the stack. */
  let depth = 0;

  const imports: Record<string, unknown> = {};
  const instance: Instance = {
    glue,
    engine,
    // The only module name of the imports.
    imports: { g: imports },
    trap: undefined,
    onTrap: () => {},
    connect: (exports) => glue.__wbg_set_wasm(guarded(exports)),
  };
  glue.imports.forEach((call, number) => {
    imports[number] = number < ownImports ? call : guardImport(call);
  });

  function endIfTrapped(): void {
    if (instance.trap) throw instance.trap;
  }

  /**
   * Foreign code may have called back into the module, and caught its trap: the
   * frame of the module that called the foreign code must not continue.
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
   * A late callback must not run a trapped instance. The caller does not get
   * the exception: if it is a frame of the module, the guard of its import ends
   * it.
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

  /** A copy of the module's exports, each function guarded. */
  function guarded(exports: Record<string, unknown>): Record<string, unknown> {
    const copy: Record<string, unknown> = {};
    Object.keys(exports).forEach((name) => {
      const member = exports[name];
      copy[name] = typeof member === 'function' ? guardExport(member as Call) : member;
    });
    return copy;
  }

  return instance;
}
