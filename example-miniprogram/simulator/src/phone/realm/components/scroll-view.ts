// <scroll-view>
import type { BuiltIn } from './built-in';

export const scrollView: BuiltIn = {
  properties: {
    scrollX: Boolean,
    scrollY: Boolean,
    scrollTop: null,
    scrollLeft: null,
    scrollIntoView: String,
    scrollWithAnimation: Boolean,
    upperThreshold: { type: Number, value: 50 },
    lowerThreshold: { type: Number, value: 50 },
    enhanced: Boolean,
    showScrollbar: Boolean,
    enableFlex: Boolean,
  },

  created({ element, data, listen, trigger }) {
    let { scrollTop: lastTop, scrollLeft: lastLeft } = element;
    element.addEventListener('scroll', (event) => event.stopPropagation());
    listen(element, 'scroll', () => {
      const { scrollTop, scrollLeft, scrollHeight, scrollWidth, clientHeight, clientWidth } =
        element;
      const [deltaX, deltaY] = [lastLeft - scrollLeft, lastTop - scrollTop];
      const lower = Number(data.lowerThreshold);
      const upper = Number(data.upperThreshold);
      const left =
        data.scrollX && !data.scrollY
          ? scrollWidth - clientWidth - scrollLeft
          : scrollHeight - clientHeight - scrollTop;
      const passed = data.scrollX && !data.scrollY ? scrollLeft : scrollTop;
      const forward = deltaX < 0 || deltaY < 0;
      [lastTop, lastLeft] = [scrollTop, scrollLeft];
      trigger('scroll', { scrollTop, scrollLeft, scrollHeight, scrollWidth, deltaX, deltaY });
      if (forward && left <= lower) trigger('scrolltolower', { direction: 'bottom' });
      if (!forward && passed <= upper) trigger('scrolltoupper', { direction: 'top' });
    });
  },

  changed({ element, data }) {
    element.toggleAttribute('scroll-x', data.scrollX === true);
    element.toggleAttribute('scroll-y', data.scrollY === true);
    const behavior = data.scrollWithAnimation ? 'smooth' : 'auto';
    const [top, left] = [Number(data.scrollTop), Number(data.scrollLeft)];
    if (data.scrollTop !== null && Number.isFinite(top) && top !== element.scrollTop)
      element.scrollTo({ top, behavior });
    if (data.scrollLeft !== null && Number.isFinite(left) && left !== element.scrollLeft)
      element.scrollTo({ left, behavior });
    if (data.scrollIntoView) {
      element
        .querySelector(`#${CSS.escape(String(data.scrollIntoView))}`)
        ?.scrollIntoView({ behavior });
    }
  },
};
