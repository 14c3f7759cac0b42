/**
 * UTF-8 for the glue: phones have neither TextDecoder nor TextEncoder. Only
 * what wasm-bindgen calls is here. The build puts these in the place of the
 * globals, within the glue alone.
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

class Encoder {
  /** Writes into `view`, which is large enough: three bytes for each unit. A lone surrogate becomes U+FFFD. */
  encodeInto(text: string, view: Uint8Array): { read: number; written: number } {
    let written = 0;
    for (let at = 0; at < text.length; at++) {
      let point = text.charCodeAt(at);
      if (point >= 0xd800 && point < 0xe000) {
        const low = text.charCodeAt(at + 1);
        if (point < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
          point = 0x10000 + ((point & 0x3ff) << 10) + (low & 0x3ff);
          at++;
        } else point = 0xfffd;
      }
      if (point < 0x80) view[written++] = point;
      else {
        if (point < 0x800) view[written++] = 0xc0 | (point >> 6);
        else {
          if (point < 0x10000) view[written++] = 0xe0 | (point >> 12);
          else {
            view[written++] = 0xf0 | (point >> 18);
            view[written++] = 0x80 | ((point >> 12) & 0x3f);
          }
          view[written++] = 0x80 | ((point >> 6) & 0x3f);
        }
        view[written++] = 0x80 | (point & 0x3f);
      }
    }
    return { read: text.length, written };
  }
}

export { Decoder as TextDecoder, Encoder as TextEncoder };
