// The mini-program's console: into the browser's, and into the phone's log.
import type { Host } from '../bridge';

const LEVELS = ['debug', 'log', 'info', 'warn', 'error'] as const;

export function createConsole(host: Host): Record<string, (...values: unknown[]) => void> {
  const console: Record<string, (...values: unknown[]) => void> = {};
  LEVELS.forEach((level) => {
    console[level] = (...values) => host.print(level, values);
  });
  const ignored = () => {};
  return { ...console, group: ignored, groupEnd: ignored, time: ignored, timeEnd: ignored };
}
