// A value with subscribers.

export interface Store<State> {
  get(): State;
  /** Changes some members and notifies the subscribers. */
  set(change: Partial<State>): void;
  subscribe(listener: (state: State) => void): void;
}

export function createStore<State extends object>(initial: State): Store<State> {
  let state = initial;
  const listeners: ((state: State) => void)[] = [];
  return {
    get: () => state,
    set(change) {
      state = { ...state, ...change };
      for (const listener of listeners) listener(state);
    },
    subscribe: (listener) => void listeners.push(listener),
  };
}
