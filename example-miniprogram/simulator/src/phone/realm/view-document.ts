// Elements as the web view has them: `wx-` before the tags, rpx in styles.
import { convertRpx } from '../../../compile/rpx.mjs';

/**
 * What the component engine makes elements with.
 *
 * @param builtIns the tags of WeChat's own components: a prefix keeps HTML's
 *   elements of the same name, such as `button`, out of the way
 */
export function createViewDocument(document: Document, builtIns: ReadonlySet<string>) {
  function createElement(tag: string): HTMLElement {
    const element = document.createElement(builtIns.has(tag) || tag === 'page' ? `wx-${tag}` : tag);
    const setAttribute = element.setAttribute.bind(element);
    element.setAttribute = (name, value) =>
      setAttribute(name, name === 'style' ? convertRpx(value) : value);
    return element;
  }
  return {
    createElement,
    createTextNode: (text: string) => document.createTextNode(text),
    createDocumentFragment: () => document.createDocumentFragment(),
  };
}
