// The `Promise` of iOS 15 and below: a polyfill whose jobs are timers.

type Settled = { ok: boolean; value: unknown };
type Job = (settled: Settled) => void;

/**
 * @param later starts a timer of 0 ms
 * @param unseen called with an unhandled rejection
 * @returns a constructor that replaces `Promise`
 */
export function createOldPromise(
  later: (work: () => void) => void,
  unseen: (reason: unknown) => void,
): PromiseConstructor {
  class OldPromise {
    #settled: Settled | null = null;
    #resolved = false;
    #awaited = false;
    #jobs: Job[] = [];

    constructor(
      executor: (resolve: (value?: unknown) => void, reject: (reason?: unknown) => void) => void,
    ) {
      if (typeof executor !== 'function') throw new TypeError('Promise resolver is not a function');
      try {
        executor(
          (value) => this.#resolve(value),
          (reason) => this.#reject(reason),
        );
      } catch (error) {
        this.#reject(error);
      }
    }

    #resolve(value: unknown): void {
      if (this.#resolved) return;
      this.#resolved = true;
      if (value === (this as unknown)) {
        this.#settle({ ok: false, value: new TypeError('A promise cannot resolve to itself') });
        return;
      }
      let then: unknown;
      try {
        then =
          value !== null && /object|function/.test(typeof value)
            ? (value as { then?: unknown }).then
            : undefined;
      } catch (error) {
        this.#settle({ ok: false, value: error });
        return;
      }
      if (typeof then !== 'function') {
        this.#settle({ ok: true, value });
        return;
      }
      later(() => this.#follow(value, then as (...callbacks: unknown[]) => void));
    }

    #follow(value: unknown, then: (...callbacks: unknown[]) => void): void {
      // This promise is resolved already: the follower needs its own guard.
      let called = false;
      const once = (work: (given: unknown) => void) => (given: unknown) => {
        if (called) return;
        called = true;
        work(given);
      };
      try {
        then.call(
          value,
          once((given) => {
            this.#resolved = false;
            this.#resolve(given);
          }),
          once((reason) => this.#settle({ ok: false, value: reason })),
        );
      } catch (error) {
        once((reason) => this.#settle({ ok: false, value: reason }))(error);
      }
    }

    #reject(reason: unknown): void {
      if (this.#resolved) return;
      this.#resolved = true;
      this.#settle({ ok: false, value: reason });
    }

    #settle(settled: Settled): void {
      this.#settled = settled;
      if (!settled.ok) {
        later(() => {
          if (!this.#awaited) unseen(settled.value);
        });
      }
      this.#jobs.splice(0).forEach((job) => later(() => job(settled)));
    }

    then(onFulfilled?: unknown, onRejected?: unknown): OldPromise {
      this.#awaited = true;
      return new OldPromise((resolve, reject) => {
        const job: Job = ({ ok, value }) => {
          const handler = ok ? onFulfilled : onRejected;
          if (typeof handler !== 'function') {
            (ok ? resolve : reject)(value);
            return;
          }
          try {
            resolve(handler(value));
          } catch (error) {
            reject(error);
          }
        };
        const settled = this.#settled;
        if (settled) later(() => job(settled));
        else this.#jobs.push(job);
      });
    }

    catch(onRejected?: unknown): OldPromise {
      return this.then(undefined, onRejected);
    }

    finally(onFinally: () => unknown): OldPromise {
      return this.then(
        (value: unknown) => OldPromise.resolve(onFinally()).then(() => value),
        (reason: unknown) =>
          OldPromise.resolve(onFinally()).then(() => {
            throw reason;
          }),
      );
    }

    static resolve(value?: unknown): OldPromise {
      return value instanceof OldPromise ? value : new OldPromise((resolve) => resolve(value));
    }

    static reject(reason?: unknown): OldPromise {
      return new OldPromise((_, reject) => reject(reason));
    }

    static all(values: Iterable<unknown>): OldPromise {
      return new OldPromise((resolve, reject) => {
        const all = [...values];
        const results = new Array<unknown>(all.length);
        let left = all.length;
        if (left === 0) resolve(results);
        all.forEach((value, index) =>
          OldPromise.resolve(value).then((given: unknown) => {
            results[index] = given;
            left -= 1;
            if (left === 0) resolve(results);
          }, reject),
        );
      });
    }

    static allSettled(values: Iterable<unknown>): OldPromise {
      return OldPromise.all(
        [...values].map((given) =>
          OldPromise.resolve(given).then(
            (value: unknown) => ({ status: 'fulfilled', value }),
            (reason: unknown) => ({ status: 'rejected', reason }),
          ),
        ),
      );
    }

    static race(values: Iterable<unknown>): OldPromise {
      return new OldPromise((resolve, reject) => {
        for (const value of values) OldPromise.resolve(value).then(resolve, reject);
      });
    }
  }

  Object.defineProperty(OldPromise, 'name', { value: 'Promise' });
  return OldPromise as unknown as PromiseConstructor;
}
