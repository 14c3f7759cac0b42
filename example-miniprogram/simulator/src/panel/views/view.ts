// A part of the panel: an element, and how it follows the model.
import type { Desk } from '../desk';
import type { Model } from '../model';
import type { Strings } from '../strings';
import { SHOWN } from './tabs';

/** So near to its end, a list counts as read to the end. */
const NEAR_PX = 60;

export interface View {
  element: HTMLElement;
  /** A count, to be shown where the part itself is out of sight. */
  badge?: HTMLElement;
  update(model: Model): void;
}

/** What a part is made with. Another language makes all parts anew. */
export interface Context {
  desk: Desk;
  strings: Strings;
}

/** Calls `draw` only where what it draws has changed. */
export function onChange<Parts extends readonly unknown[]>(draw: (...parts: Parts) => void): (...parts: Parts) => void {
  let last: Parts | null = null;
  return (...parts) => {
    if (last && parts.every((part, at) => part === last?.[at])) return;
    last = parts;
    draw(...parts);
  };
}

/** A list that shows its newest row, unless somebody has scrolled up to read. */
export function followEnd(element: HTMLElement): (change: () => void) => void {
  const toEnd = (): void => {
    element.scrollTop = element.scrollHeight;
  };
  element.addEventListener(SHOWN, toEnd);
  return (change) => {
    const isAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
    change();
    if (isAtEnd) toEnd();
  };
}
