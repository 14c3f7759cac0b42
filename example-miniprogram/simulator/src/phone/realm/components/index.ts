// The built-in components of WeChat that the phone draws. `compile/tags.mjs` lists
// the same tags; `web-view.ts` has their styles.
import type * as glassEasel from 'glass-easel';

import type { BuiltIn, BuiltInElement, Instance, Surroundings } from './built-in';
import { button } from './button';
import { checkbox, checkboxGroup, radio, radioGroup, toggle } from './choice';
import { form, label } from './form';
import { input, textarea } from './input';
import { icon, image, progress } from './media';
import { navigator } from './navigator';
import { scrollView } from './scroll-view';

const plain: BuiltIn = {
  properties: {
    hoverClass: String,
    hoverStartTime: Number,
    hoverStayTime: Number,
    hoverStopPropagation: Boolean,
  },
};

const text: BuiltIn = {
  properties: { selectable: Boolean, userSelect: Boolean, space: String, decode: Boolean },
  changed: ({ element, data }) =>
    element.toggleAttribute('selectable', !!(data.selectable || data.userSelect)),
};

export const BUILT_INS = new Map<string, BuiltIn>([
  ['button', button],
  ['checkbox', checkbox],
  ['checkbox-group', checkboxGroup],
  ['form', form],
  ['icon', icon],
  ['image', image],
  ['input', input],
  ['label', label],
  ['navigator', navigator],
  ['progress', progress],
  ['radio', radio],
  ['radio-group', radioGroup],
  ['scroll-view', scrollView],
  ['switch', toggle],
  ['text', text],
  ['textarea', textarea],
  ['view', plain],
]);

/** Properties of every component with a value. */
const COMMON_PROPERTIES = { id: String, hidden: Boolean };

type Raw = glassEasel.GeneralComponent;

/** Registers them, and returns tag → definition. */
export function defineBuiltIns(
  space: glassEasel.ComponentSpace,
  surroundings: Surroundings,
): Map<string, glassEasel.GeneralComponentDefinition> {
  const { core } = surroundings;
  const instances = new WeakMap<Raw, Instance>();

  function createInstance(raw: Raw): Instance {
    const element = raw.$$ as unknown as BuiltInElement;
    return {
      element,
      get data() {
        return raw.data as Record<string, unknown>;
      },
      set: (data) => raw.setData(data),
      trigger: (name, detail, bubbles = false) =>
        core.tap.run(null, () => raw.triggerEvent(name, detail, { bubbles, composed: false })),
      listen: (target, type, listener) =>
        target.addEventListener(type, (event) => core.tap.run(null, () => listener(event))),
      surroundings,
    };
  }

  const defined = new Map<string, glassEasel.GeneralComponentDefinition>();
  BUILT_INS.forEach(({ properties, created, changed }, tag) => {
    const names = Object.keys({ ...properties, ...COMMON_PROPERTIES });
    const typed: Record<string, unknown> = {};
    Object.entries({ ...properties, hidden: Boolean }).forEach(([name, type]) => {
      typed[name] = type !== null && typeof type === 'object' ? type : { type };
    });
    const update = (raw: Raw) => {
      const instance = instances.get(raw);
      if (!instance) return;
      instance.element.toggleAttribute('hidden', instance.data.hidden === true);
      changed?.(instance);
    };
    defined.set(
      tag,
      space.defineComponent({
        is: `wx-${tag}`,
        options: { styleScope: null as never },
        properties: typed as never,
        observers: {
          [names.filter((name) => name !== 'id').join(', ')](this: Raw) {
            update(this);
          },
        },
        lifetimes: {
          created(this: Raw) {
            const instance = createInstance(this);
            instances.set(this, instance);
            created?.(instance);
          },
          attached(this: Raw) {
            update(this);
          },
        },
      } as never) as unknown as glassEasel.GeneralComponentDefinition,
    );
  });
  return defined;
}
