// The layer that covers the screen until the user decides.
import { h } from '../../shared/dom';

export interface Sheet {
  /** Removes it, with its animation. */
  close(): void;
}

export type Position = 'bottom' | 'center' | 'full';

const LEAVE_MS = 200;

/**
 * @param onEscape called for the Escape key, as for the phone's own way back
 * @param onBeside called for a tap beside it; without it that does nothing
 */
export function openSheet(
  layer: HTMLElement,
  position: Position,
  label: string,
  content: HTMLElement,
  onEscape?: () => void,
  onBeside?: () => void,
): Sheet {
  const backdrop = h('div.backdrop', { onclick: () => onBeside?.() });
  const panel = h(
    `div.sheet.${position}`,
    { role: 'dialog', 'aria-modal': 'true', 'aria-label': label },
    content,
  );
  panel.tabIndex = -1;
  const whole = h('div.cover', backdrop, panel);
  whole.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') onEscape?.();
  });
  layer.append(whole);
  panel.focus({ preventScroll: true });
  return {
    close() {
      if (whole.classList.contains('leaving')) return;
      whole.classList.add('leaving');
      // Its buttons are inert at once; only the animation remains.
      whole.inert = true;
      whole.setAttribute('aria-hidden', 'true');
      setTimeout(() => whole.remove(), LEAVE_MS);
    },
  };
}
