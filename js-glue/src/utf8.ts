/**
 * UTF-8 for the glue, by what every engine has: phones have neither TextDecoder
 * nor TextEncoder. Only what wasm-bindgen calls is here. The build puts it in
 * the place of the globals, within the glue alone.
 */

/** How many bytes go into one call of String.fromCharCode, which takes so many arguments at most. */
const CHUNK = 4096;

/** A pair of surrogates, or half of one. */
const SURROGATES = /[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]/g;

/** What takes more than one byte. Most texts here have none: ids, names, keys. */
const BEYOND_ASCII = /[^\0-\x7f]/;

class Decoder {
  decode(bytes?: Uint8Array): string {
    let binary = '';
    for (let at = 0; bytes && at < bytes.length; at += CHUNK) {
      binary += String.fromCharCode.apply(
        null,
        bytes.subarray(at, at + CHUNK) as unknown as number[],
      );
    }
    return BEYOND_ASCII.test(binary) ? decodeURIComponent(escape(binary)) : binary;
  }
}

class Encoder {
  /** Writes the text into `bytes`, which has room for it. Half a surrogate pair becomes U+FFFD. */
  encodeInto(text: string, bytes: Uint8Array): { written: number } {
    const whole = () => text.replace(SURROGATES, (found) => (found.length > 1 ? found : '\ufffd'));
    const binary = BEYOND_ASCII.test(text) ? unescape(encodeURIComponent(whole())) : text;
    for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
    return { written: binary.length };
  }
}

export { Decoder as TextDecoder, Encoder as TextEncoder };
