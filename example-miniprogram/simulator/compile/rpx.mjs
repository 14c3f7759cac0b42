// Lengths in rpx: fractions of the web view's width.

const DESIGN_WIDTH_RPX = 750;
const LENGTH = /(?<![\w.#-])([+-]?(?:\d+\.?\d*|\.\d+))rpx\b/g;

/**
 * @param {string} css a value, or the `style` of an element
 * @returns {string} the same in vw: 750 rpx are always the whole width
 */
export function convertRpx(css) {
  return css.replace(LENGTH, (_, number) => {
    const width = Number(((Number(number) * 100) / DESIGN_WIDTH_RPX).toFixed(5));
    return width === 0 ? '0' : `${width}vw`;
  });
}
