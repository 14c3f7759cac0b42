// Events: from the DOM to the component engine, with the tap state; from the
// engine to handlers, as plain data.
import * as glassEasel from 'glass-easel';

import type { TapState } from '../../shared/wechat';

/** Events of the DOM that a mini-program knows. Those of the built-in components come from these. */
const DOM_EVENTS = new Set([
  'tap',
  'touchstart',
  'touchmove',
  'touchend',
  'touchcancel',
  'transitionend',
  'animationstart',
  'animationiteration',
  'animationend',
]);

interface Touched {
  identifier: number;
  clientX: number;
  clientY: number;
  pageX: number;
  pageY: number;
}

function touchesOf(event: unknown): { touches: Touched[]; changedTouches: Touched[] } {
  const {
    clientX = 0,
    clientY = 0,
    touches,
    changedTouches,
  } = event as MouseEvent & Partial<TouchEvent>;
  const plain = (list: TouchList) =>
    [...list].map((touch) => ({
      identifier: touch.identifier,
      clientX: touch.clientX,
      clientY: touch.clientY,
      pageX: touch.pageX,
      pageY: touch.pageY,
    }));
  if (touches && changedTouches)
    return { touches: plain(touches), changedTouches: plain(changedTouches) };
  const mouse = [{ identifier: 0, clientX, clientY, pageX: clientX, pageY: clientY }];
  return { touches: mouse, changedTouches: mouse };
}

/** An element as events show it. */
function describeTarget(caller: unknown): Record<string, unknown> {
  const { _$: component = caller } = caller as { _$?: unknown };
  const { id, dataset, $$ } = component as { id: string; dataset: object; $$: HTMLElement | null };
  return {
    id,
    dataset: { ...dataset },
    offsetLeft: $$?.offsetLeft ?? 0,
    offsetTop: $$?.offsetTop ?? 0,
  };
}

/**
 * The argument of a handler: plain data as in WeChat. The engine's own event
 * would expose elements of the page.
 */
function showPlainEvents(): void {
  glassEasel.Event.prototype.wrapShadowedEvent = function wrap(target, mark, currentTarget) {
    const shown = {
      type: this.type,
      timeStamp: Math.round(this.timeStamp),
      detail: this.detail,
      ...this.extraFields,
      target: describeTarget(target),
      currentTarget: describeTarget(currentTarget),
      mark: mark ?? {},
    };
    // The engine's own event, for what the engine does after the handler.
    const control = (name: 'stopPropagation' | 'preventDefault' | 'markMutated') =>
      Object.defineProperty(shown, name, { value: () => this[name](), enumerable: false });
    control('stopPropagation');
    control('preventDefault');
    control('markMutated');
    return shown as never;
  };
}

/** Brings the events of the web view to the pages. */
export function connectEvents(
  backendContext: glassEasel.CurrentWindowBackendContext,
  tap: TapState,
): void {
  showPlainEvents();
  backendContext.onEvent((target, type, detail, options) => {
    if (!DOM_EVENTS.has(type)) return undefined;
    const original = options.originalEvent as Event;
    if (type === 'tap' && (original.target as Element).closest('wx-button[disabled]'))
      return undefined;
    const { bubbles, composed, capturePhase } = options;
    // The engine's own detail is the whole DOM event.
    const touches = touchesOf(original);
    const at = touches.changedTouches[0];
    const shown = type === 'tap' ? detail : at ? { x: at.pageX, y: at.pageY } : {};
    const event = new glassEasel.Event(type, shown, {
      bubbles: bubbles ?? false,
      composed: composed ?? false,
      capturePhase: capturePhase ?? false,
      extraFields: touches,
    });
    tap.run(type === 'tap' ? tap.fresh() : null, () =>
      glassEasel.Event.dispatchEvent(target, event),
    );
    return event.getEventBubbleStatus();
  });
}
