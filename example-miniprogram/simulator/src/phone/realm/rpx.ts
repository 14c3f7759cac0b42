// Elements as the web view has them: `wx-` before the tags, rpx in styles.

const DESIGN_WIDTH_RPX = 750;

/** Lengths in rpx, which only a template's inline style still has, as parts of the web view's width. */
export function convertRpx(style: string): string {
  return style.replace(/([+-]?(?:\d+\.?\d*|\.\d+))rpx\b/g, (_, number: string) => {
    return `${(Number(number) * 100) / DESIGN_WIDTH_RPX}vw`;
  });
}

/**
 * What the component engine makes elements with.
 *
 * @param builtIns the tags of WeChat's own components: a prefix keeps HTML's
 *   elements of the same name, such as `button`, out of the way
 */
export function createRpxDocument(document: Document, builtIns: ReadonlySet<string>) {
  function createElement(tag: string): HTMLElement {
    const element = document.createElement(builtIns.has(tag) || tag === 'page' ? `wx-${tag}` : tag);
    const setAttribute = element.setAttribute.bind(element);
    element.setAttribute = (name, value) => setAttribute(name, name === 'style' ? convertRpx(value) : value);
    return element;
  }
  return {
    createElement,
    createTextNode: (text: string) => document.createTextNode(text),
    createDocumentFragment: () => document.createDocumentFragment(),
  };
}
