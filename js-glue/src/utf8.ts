/**
 * UTF-8 for the glue, as phones have neither TextDecoder nor TextEncoder. Only
 * what wasm-bindgen calls is here. The build puts it in the place of the
 * globals, within the glue alone.
 */

/** How many UTF-16 units go into one call of String.fromCharCode, which takes so many arguments at most. */
const CHUNK = 4096;

const REPLACEMENT = 0xfffd;

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
  /** Writes the text into `bytes`, which has room for it. Half a surrogate pair becomes U+FFFD. */
  encodeInto(text: string, bytes: Uint8Array): { written: number } {
    let written = 0;
    const put = (byte: number): void => {
      bytes[written++] = byte;
    };
    const follow = (point: number, shift: number): void => put(0x80 | ((point >> shift) & 0x3f));
    for (const character of text) {
      let point = character.codePointAt(0)!;
      if (point >= 0xd800 && point < 0xe000) point = REPLACEMENT;
      if (point < 0x80) put(point);
      else if (point < 0x800) {
        put(0xc0 | (point >> 6));
        follow(point, 0);
      } else if (point < 0x10000) {
        put(0xe0 | (point >> 12));
        follow(point, 6);
        follow(point, 0);
      } else {
        put(0xf0 | (point >> 18));
        follow(point, 12);
        follow(point, 6);
        follow(point, 0);
      }
    }
    return { written };
  }
}

export { Decoder as TextDecoder, Encoder as TextEncoder };
