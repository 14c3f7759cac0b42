// A value with subscribers. They are called soon, once for many changes: a
// change often comes from within a tap of the mini-program, which must not wait
// for drawing.

/** Between two rounds of drawing. */
const FRAME_MS = 16;

export interface Store<State> {
  get(): State;
  /** Changes some members at once, and notifies the subscribers soon. */
  set(change: Partial<State>): void;
  subscribe(listener: (state: State) => void): void;
}

export function createStore<State extends object>(initial: State): Store<State> {
  let state = initial;
  let isSoon = false;
  const listeners: ((state: State) => void)[] = [];
  return {
    get: () => state,
    set(change) {
      state = { ...state, ...change };
      if (isSoon) return;
      isSoon = true;
      setTimeout(() => {
        isSoon = false;
        for (const listener of listeners) listener(state);
      }, FRAME_MS);
    },
    subscribe: (listener) => void listeners.push(listener),
  };
}
