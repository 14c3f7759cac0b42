// Values of the mini-program as plain data, for the log.

/** A page instance refers to the whole component engine, which must not get into the log. */
const MOST_VALUES = 2000;
const DEEPEST = 12;

/** A copy without objects of the other realm; values that JSON cannot hold are replaced by their names. */
export function toPlain(value: unknown): unknown {
  const above = new Set<unknown>();
  let left = MOST_VALUES;

  function copy(at: unknown): unknown {
    if (typeof at === 'function') return `[function ${at.name}]`;
    if (typeof at === 'bigint' || typeof at === 'symbol') return String(at);
    if (at === null || typeof at !== 'object') return at;
    left -= 1;
    if (above.has(at) || above.size >= DEEPEST || left < 0) return '[…]';
    above.add(at);
    try {
      if (Array.isArray(at)) return at.map(copy);
      if ('stack' in at && 'message' in at)
        return `${String((at as Error).name)}: ${String(at.message)}`;
      if (ArrayBuffer.isView(at) || Object.prototype.toString.call(at) === '[object ArrayBuffer]') {
        return `[${(at as ArrayBuffer).byteLength} bytes]`;
      }
      const members = Object.entries(at).filter(([name]) => !name.startsWith('_$'));
      return Object.fromEntries(members.map(([name, member]) => [name, copy(member)]));
    } finally {
      above.delete(at);
    }
  }
  return copy(value);
}

/** A value as a string, as a console shows it. */
export function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  // An error of the logic realm is an instance of another realm's class.
  if (value !== null && typeof value === 'object' && 'stack' in value) return String(value.stack);
  const plain = toPlain(value);
  return typeof plain === 'string' ? plain : JSON.stringify(plain);
}
