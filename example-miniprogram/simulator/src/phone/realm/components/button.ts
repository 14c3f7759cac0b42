// <button>
import type { BuiltIn } from './built-in';

/** The values of `open-type` that are simulated; the others need WeChat itself. */
const OPEN_TYPES = ['', 'openSetting'];

/** A finger on the middle of the element, for who uses a keyboard. */
function press(element: HTMLElement): void {
  const { left, top, width, height } = element.getBoundingClientRect();
  const at = { clientX: left + width / 2, clientY: top + height / 2 };
  for (const type of ['mousedown', 'mouseup', 'click'])
    element.dispatchEvent(new MouseEvent(type, { ...at, bubbles: true, composed: true }));
}

export const button: BuiltIn = {
  properties: {
    size: { type: String, value: 'default' },
    type: { type: String, value: 'default' },
    plain: Boolean,
    disabled: Boolean,
    loading: Boolean,
    formType: String,
    openType: String,
    hoverClass: { type: String, value: 'button-hover' },
    hoverStopPropagation: Boolean,
    hoverStartTime: Number,
    hoverStayTime: Number,
  },

  created({ element, data, listen, trigger, surroundings }) {
    element.setAttribute('role', 'button');
    element.addEventListener('keydown', (event) => {
      if (event.repeat || !['Enter', ' '].includes(event.key)) return;
      event.preventDefault();
      press(element);
    });
    listen(element, 'click', () => {
      if (element.hasAttribute('disabled')) return;
      const { formType, openType } = data;
      if (formType) {
        element.closest('wx-form')?.dispatchEvent(new CustomEvent(`wx-form-${String(formType)}`));
      }
      if (openType === 'openSetting') {
        surroundings.core.host.showSettings(() =>
          trigger('opensetting', { errMsg: 'openSetting:ok' }),
        );
      }
    });
  },

  changed({ element, data }) {
    const openType = String(data.openType ?? '');
    if (!OPEN_TYPES.includes(openType))
      throw new Error(`<button open-type="${openType}"> is not simulated`);
    element.toggleAttribute('disabled', data.disabled === true);
    element.toggleAttribute('plain', data.plain === true);
    element.toggleAttribute('loading', data.loading === true);
    element.setAttribute('type', String(data.type || 'default'));
    element.setAttribute('size', String(data.size || 'default'));
    element.setAttribute('aria-disabled', String(data.disabled === true));
    element.tabIndex = data.disabled === true ? -1 : 0;
  },
};
