/**
 * UTF-8 for the glue, as phones have no TextDecoder: the module's texts come to
 * JavaScript, and none goes the other way. Only what wasm-bindgen calls is
 * here. The build puts it in the place of the global, within the glue alone.
 */

/** How many UTF-16 units go into one call of String.fromCharCode, which takes so many arguments at most. */
const CHUNK = 4096;

class Decoder {
  /** Rust's strings are valid UTF-8, so nothing is checked here. */
  decode(bytes?: Uint8Array): string {
    if (!bytes) return '';
    let text = '';
    let units: number[] = [];
    let at = 0;
    const next = (): number => bytes[at++]! & 0x3f;
    while (at < bytes.length) {
      const lead = bytes[at++]!;
      if (lead < 0x80) units.push(lead);
      else if (lead < 0xe0) units.push(((lead & 0x1f) << 6) | next());
      else if (lead < 0xf0) units.push(((lead & 0x0f) << 12) | (next() << 6) | next());
      else {
        const point = (((lead & 0x07) << 18) | (next() << 12) | (next() << 6) | next()) - 0x10000;
        units.push(0xd800 | (point >> 10), 0xdc00 | (point & 0x3ff));
      }
      if (units.length >= CHUNK) {
        text += String.fromCharCode.apply(null, units);
        units = [];
      }
    }
    return text + String.fromCharCode.apply(null, units);
  }
}

export { Decoder as TextDecoder };
