// A part of the panel: an element, and how it follows the model.
import type { Desk } from '../desk';
import type { Model } from '../model';
import type { Strings } from '../strings';

export interface View {
  element: HTMLElement;
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
