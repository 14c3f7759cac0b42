// <form> and <label>
import type { BuiltIn, BuiltInElement } from './built-in';

const controlsOf = (element: HTMLElement) =>
  [...element.querySelectorAll<BuiltInElement>('*')].flatMap(({ wxControl }) => wxControl ?? []);

export const form: BuiltIn = {
  properties: { reportSubmit: Boolean },
  created({ element, listen, trigger }) {
    listen(element, 'wx-form-submit', () => {
      const value: Record<string, unknown> = {};
      controlsOf(element).forEach((control) => {
        if (control.name()) value[control.name()] = control.value();
      });
      trigger('submit', { value });
    });
    listen(element, 'wx-form-reset', () => {
      controlsOf(element).forEach((control) => control.reset());
      trigger('reset', {});
    });
  },
};

const ACTIVE = 'wx-button, wx-checkbox, wx-radio, wx-switch, wx-input, wx-textarea';

export const label: BuiltIn = {
  properties: { for: String },
  created({ element, data, listen }) {
    listen(element, 'click', ({ target }) => {
      if ((target as Element).closest(ACTIVE)) return;
      const named = data.for ? element.ownerDocument.getElementById(String(data.for)) : null;
      const control = (named ?? element.querySelector(ACTIVE)) as BuiltInElement | null;
      control?.wxControl?.activate();
    });
  },
};
