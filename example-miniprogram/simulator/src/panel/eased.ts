/**
 * Work that many events ask for: done soon, once for all who asked meanwhile,
 * and never twice at the same time.
 *
 * @param waitMs how long it waits for more who ask: events come in groups
 */
export function eased(waitMs: number, work: () => Promise<void>): () => void {
  let isWanted = false;
  let isRunning = false;
  async function run(): Promise<void> {
    isRunning = true;
    while (isWanted) {
      await new Promise((resolve) => {
        setTimeout(resolve, waitMs);
      });
      isWanted = false;
      await work();
    }
    isRunning = false;
  }
  return () => {
    isWanted = true;
    if (!isRunning) void run();
  };
}
