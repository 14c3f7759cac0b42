// <switch>, <checkbox>, <radio> and their groups
import type { BuiltIn, BuiltInElement, Instance } from './built-in';

function show({ element, data }: Instance): void {
  element.toggleAttribute('checked', data.checked === true);
  element.toggleAttribute('disabled', data.disabled === true);
  element.setAttribute('aria-checked', String(data.checked === true));
  if (data.color) element.style.setProperty('--color', String(data.color));
}

function createChoice(role: string, choose: (instance: Instance) => void): BuiltIn {
  return {
    properties: {
      checked: Boolean,
      disabled: Boolean,
      color: String,
      value: String,
      name: String,
      type: String,
    },
    created(instance) {
      const { element, listen } = instance;
      const initial = () => instance.data.checked === true;
      element.setAttribute('role', role);
      const activate = () => {
        if (instance.data.disabled !== true) choose(instance);
      };
      element.wxControl = {
        activate,
        name: () => String(instance.data.name ?? ''),
        value: initial,
        reset: () => instance.set({ checked: false }),
      };
      listen(element, 'click', (event) => {
        // A label around it would toggle it a second time.
        event.stopPropagation();
        activate();
      });
    },
    changed(instance) {
      show(instance);
      instance.element.dataset.value = String(instance.data.value ?? '');
    },
  };
}

export const toggle: BuiltIn = createChoice('switch', (instance) => {
  const value = instance.data.checked !== true;
  instance.set({ checked: value });
  instance.trigger('change', { value });
});

const groupOf = (element: HTMLElement, tag: string) => element.closest<BuiltInElement>(tag);

export const checkbox: BuiltIn = createChoice('checkbox', (instance) => {
  instance.set({ checked: instance.data.checked !== true });
  groupOf(instance.element, 'wx-checkbox-group')?.wxGroup?.changed();
});

export const radio: BuiltIn = createChoice('radio', (instance) => {
  if (instance.data.checked === true) return;
  const group = groupOf(instance.element, 'wx-radio-group');
  group
    ?.querySelectorAll<BuiltInElement>('wx-radio[checked]')
    .forEach((other) => other.wxControl?.reset());
  instance.set({ checked: true });
  group?.wxGroup?.changed();
});

function createGroup(valueOf: (element: HTMLElement) => unknown): BuiltIn {
  return {
    properties: { name: String },
    created({ element, data, trigger }) {
      element.wxGroup = { changed: () => trigger('change', { value: valueOf(element) }) };
      element.wxControl = {
        activate() {},
        name: () => String(data.name ?? ''),
        value: () => valueOf(element),
        reset: () =>
          element
            .querySelectorAll<BuiltInElement>('[checked]')
            .forEach((one) => one.wxControl?.reset()),
      };
    },
  };
}

const checkedValues = (element: HTMLElement) =>
  [...element.querySelectorAll<HTMLElement>('[checked]')].map(({ dataset }) => dataset.value ?? '');

export const checkboxGroup: BuiltIn = createGroup(checkedValues);
export const radioGroup: BuiltIn = createGroup((element) => checkedValues(element)[0] ?? '');
