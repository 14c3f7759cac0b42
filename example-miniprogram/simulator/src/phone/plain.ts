// Values of the mini-program as plain data, for the log.

/** A copy that holds nothing of the other realm: what JSON cannot hold is named instead. */
export function toPlain(value: unknown): unknown {
  const seen = new Set<unknown>();
  const copy = (at: unknown): unknown => {
    if (typeof at === 'function') return `[function ${at.name}]`;
    if (typeof at === 'bigint' || typeof at === 'symbol') return String(at);
    if (at === null || typeof at !== 'object') return at;
    if (seen.has(at)) return '[seen above]';
    seen.add(at);
    try {
      if (Array.isArray(at)) return at.map(copy);
      if ('stack' in at && 'message' in at) return `${String((at as Error).name)}: ${String(at.message)}`;
      if (ArrayBuffer.isView(at) || Object.prototype.toString.call(at) === '[object ArrayBuffer]') {
        return `[${(at as ArrayBuffer).byteLength} bytes]`;
      }
      return Object.fromEntries(Object.entries(at).map(([name, member]) => [name, copy(member)]));
    } finally {
      seen.delete(at);
    }
  };
  return copy(value);
}
