// What covers the screen until the user decides: one layer for all of it.
import { h } from './dom';

export interface Sheet {
  /** Takes it off, with the movement of its kind. */
  close(): void;
}

export type Position = 'bottom' | 'center' | 'full';

const LEAVE_MS = 200;

/**
 * @param onDismiss what a tap beside it, or the Escape key, does; without one it does nothing
 */
export function openSheet(
  layer: HTMLElement,
  position: Position,
  label: string,
  content: HTMLElement,
  onDismiss?: () => void,
): Sheet {
  const backdrop = h('div.backdrop', { onclick: () => onDismiss?.() });
  const panel = h(`div.sheet.${position}`, { role: 'dialog', 'aria-modal': 'true', 'aria-label': label }, content);
  panel.tabIndex = -1;
  const whole = h('div.cover', {}, backdrop, panel);
  whole.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') onDismiss?.();
  });
  layer.append(whole);
  panel.focus({ preventScroll: true });
  return {
    close() {
      if (whole.classList.contains('leaving')) return;
      whole.classList.add('leaving');
      // Its buttons are out of reach at once; only the picture lingers.
      whole.inert = true;
      whole.setAttribute('aria-hidden', 'true');
      setTimeout(() => whole.remove(), LEAVE_MS);
    },
  };
}
