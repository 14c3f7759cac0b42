// What `wx.setStorage` and its family refuse.
// @ts-check
'use strict';

const { wrongType } = require('./call.js');

const ENTRY_LIMIT_BYTES = 1024 * 1024;
const LIMIT_BYTES = 10 * 1024 * 1024;

const NOT_FOUND = 'data not found';
const ENTRY_TOO_LARGE = 'entry size limit reached';
const FULL = 'exceed storage max size 10Mb';

/**
 * The length in UTF-8.
 *
 * @param {string} text
 */
function sizeOf(text) {
  let size = 0;
  for (const character of text) {
    const code = character.codePointAt(0) || 0;
    size += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return size;
}

/**
 * @param {unknown} key
 * @returns {string}
 */
function checkKey(key) {
  if (typeof key !== 'string') throw new Error(wrongType('key', 'String', key));
  if (key === '') throw new Error('parameter error: parameter.key should not be empty;');
  return key;
}

/**
 * Throws where an entry does not fit.
 *
 * @param {{ key: string, text: string, others: number, limit?: number }} entry `others`: size of all other entries
 */
function checkRoom({ key, text, others, limit = LIMIT_BYTES }) {
  const size = sizeOf(key) + sizeOf(text);
  if (size > ENTRY_LIMIT_BYTES) throw new Error(ENTRY_TOO_LARGE);
  if (others + size > limit) throw new Error(FULL);
}

exports.FULL = FULL;
exports.LIMIT_BYTES = LIMIT_BYTES;
exports.NOT_FOUND = NOT_FOUND;
exports.checkKey = checkKey;
exports.checkRoom = checkRoom;
exports.sizeOf = sizeOf;
