// The tags that a template may use without `usingComponents`.

/** WeChat's built-in components that the phone draws; `src/phone/realm/components` has them. */
export const BUILT_IN_TAGS = new Set([
  'button',
  'checkbox',
  'checkbox-group',
  'form',
  'icon',
  'image',
  'input',
  'label',
  'navigator',
  'progress',
  'radio',
  'radio-group',
  'scroll-view',
  'switch',
  'text',
  'textarea',
  'view',
]);

/** Tags of the template language itself. */
export const TEMPLATE_TAGS = new Set(['block', 'import', 'include', 'slot', 'template', 'wxs']);
