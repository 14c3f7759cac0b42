// wx.createSelectorQuery and wx.createIntersectionObserver, of the page on top.
import type { Pages } from '../pages';

type Creating = {
  [name in 'createSelectorQuery' | 'createIntersectionObserver']: (options?: unknown) => unknown;
};

export function createQuery(pages: Pages) {
  function onTop(name: string): Creating {
    const page = pages.getCurrentPages().at(-1);
    if (!page) throw new Error(`wx.${name}: there is no page yet`);
    return page as unknown as Creating;
  }
  return {
    createSelectorQuery: () => onTop('createSelectorQuery').createSelectorQuery(),
    createIntersectionObserver: (component: unknown, options?: unknown) =>
      ((component ?? onTop('createIntersectionObserver')) as Creating).createIntersectionObserver(
        options,
      ),
  };
}
