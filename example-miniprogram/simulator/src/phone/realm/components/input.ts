// <input> and <textarea>
import type { BuiltIn, Instance } from './built-in';

type Field = HTMLInputElement | HTMLTextAreaElement;

/** WeChat's `type` → what an HTML input does for it. */
const INPUT_MODES: Record<string, string> = { number: 'numeric', digit: 'decimal', idcard: 'text' };

const PROPERTIES = {
  value: String,
  type: { type: String, value: 'text' },
  password: Boolean,
  placeholder: String,
  placeholderStyle: String,
  placeholderClass: String,
  disabled: Boolean,
  maxlength: { type: Number, value: 140 },
  focus: Boolean,
  autoFocus: Boolean,
  confirmType: String,
  name: String,
  cursorSpacing: Number,
  adjustPosition: Boolean,
  autoHeight: Boolean,
};

const fields = new WeakMap<HTMLElement, Field>();

function createField(instance: Instance, tag: 'input' | 'textarea'): void {
  const { element, listen, trigger } = instance;
  const field = element.ownerDocument.createElement(tag);
  fields.set(element, field);
  element.append(field);
  const detail = () => ({ value: field.value, cursor: field.selectionStart ?? field.value.length });

  // The element's own events are HTML's; the mini-program gets WeChat's.
  ['input', 'change', 'focus', 'blur', 'keydown'].forEach((type) =>
    field.addEventListener(type, (event) => event.stopPropagation()),
  );
  listen(field, 'input', () => {
    instance.set({ value: field.value });
    trigger('input', detail());
  });
  listen(field, 'focus', () => trigger('focus', { value: field.value, height: 0 }));
  listen(field, 'blur', () => trigger('blur', detail()));
  listen(field, 'keydown', (event) => {
    if ((event as KeyboardEvent).key === 'Enter' && tag === 'input')
      trigger('confirm', { value: field.value });
  });
  element.wxControl = {
    activate: () => field.focus(),
    name: () => String(instance.data.name ?? ''),
    value: () => field.value,
    reset: () => instance.set({ value: '' }),
  };
}

function update({ element, data }: Instance): void {
  const field = fields.get(element);
  if (!field) return;
  const value = String(data.value ?? '');
  if (field.value !== value) field.value = value;
  field.placeholder = String(data.placeholder ?? '');
  field.disabled = data.disabled === true;
  const most = Number(data.maxlength);
  if (most >= 0) field.maxLength = most;
  else field.removeAttribute('maxlength');
  field.inputMode = INPUT_MODES[String(data.type)] ?? 'text';
  const { defaultView } = field.ownerDocument;
  if (defaultView && field instanceof defaultView.HTMLInputElement) {
    field.type = data.password === true ? 'password' : 'text';
  }
  if (data.focus === true || data.autoFocus === true) field.focus();
}

export const input: BuiltIn = {
  properties: PROPERTIES,
  created: (instance) => createField(instance, 'input'),
  changed: update,
};

export const textarea: BuiltIn = {
  properties: PROPERTIES,
  created: (instance) => createField(instance, 'textarea'),
  changed: update,
};
