// The switches for all faults.
import { h } from '../../shared/dom';
import { GATEWAY_ERRCODES, NEXT_POPUP_ERRORS, SWITCH_NAMES, isOn, switchOf } from '../faults';
import { createBadge } from './rows';
import type { Context, View } from './view';

/** A choice of one error, or none. */
function createChoice<Code extends number | string>(options: {
  id: string;
  texts: { label: string; hint: string; none: string };
  codes: readonly Code[];
  meaning: Record<Code, string>;
  choose: (code: Code | null) => void;
}) {
  const { id, texts, codes, meaning, choose } = options;
  const select = h(
    'select',
    { id, onchange: () => choose(codes.find((code) => String(code) === select.value) ?? null) },
    h('option', { value: '' }, texts.none),
    ...codes.map((code) => h('option', { value: code }, `${code} ${meaning[code]}`)),
  );
  const element = h(
    'div.choice',
    h('label', { for: id }, h('span.fault-label', texts.label), h('span.note', texts.hint)),
    select,
  );
  const show = (code: Code | null): void => {
    const value = code === null ? '' : String(code);
    if (select.value !== value) select.value = value;
    element.classList.toggle('is-on', code !== null);
  };
  return { element, show };
}

export function createSwitchboard({ desk, strings }: Context): View {
  const texts = strings.faults;
  const switches = SWITCH_NAMES.map((name) => {
    const box = h('input', {
      type: 'checkbox',
      role: 'switch',
      'data-switch': name,
      onchange: () => desk.turn(name, box.checked),
    });
    const { label, hint } = texts.switches[name];
    const element = h(
      'label.fault',
      h('span.fault-text', h('span.fault-label', label), h('span.note', hint)),
      box,
    );
    return { name, box, element };
  });
  const nextPopup = createChoice({
    id: 'next-popup-error',
    texts: texts.nextPopup,
    codes: NEXT_POPUP_ERRORS,
    meaning: texts.popupErrors,
    choose: (code) => desk.failNextPopup(code),
  });
  const nextSend = createChoice({
    id: 'next-send-errcode',
    texts: texts.nextSend,
    codes: GATEWAY_ERRCODES,
    meaning: texts.sendErrors,
    choose: (code) => desk.failNextSend(code),
  });

  const relaunch = h(
    'p.warning.relaunch',
    { role: 'status' },
    h('span', texts.needsRelaunch),
    h('button.quiet', { onclick: () => desk.relaunch() }, strings.actions.relaunch),
  );
  const group = (name: keyof typeof texts.groups, ...more: HTMLElement[]): HTMLElement => {
    const own = switches
      .filter((one) => switchOf(one.name).group === name)
      .map(({ element }) => element);
    return h('fieldset.faults', h('legend', texts.groups[name]), ...own, ...more);
  };
  const restore = h('button.quiet', { onclick: () => desk.restore() }, texts.restore);

  const badge = createBadge('bad');

  return {
    badge: badge.element,
    element: h(
      'div.scroll',
      { 'data-view': 'faults' },
      relaunch,
      h('p.note.about', texts.about),
      group('network'),
      group('wechat', nextPopup.element),
      group('device'),
      group('server', nextSend.element),
      restore,
    ),
    update({ faults, nextErrcode, needsRelaunch }) {
      let broken = Number(nextErrcode !== null) + Number(faults.nextPopupError !== null);
      for (const { name, box, element } of switches) {
        const on = isOn(name, faults);
        if (box.checked !== on) box.checked = on;
        element.classList.toggle('is-on', on);
        broken += Number(on);
      }
      nextPopup.show(faults.nextPopupError);
      nextSend.show(nextErrcode);
      relaunch.hidden = !needsRelaunch;
      restore.hidden = broken === 0;
      badge.show(broken);
    },
  };
}
