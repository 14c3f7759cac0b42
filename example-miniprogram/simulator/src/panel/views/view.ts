// A part of the panel: an element, and how it is updated.
import type { Desk } from '../desk';
import type { Model } from '../model';
import type { Strings } from '../strings';

export interface View {
  element: HTMLElement;
  /** A count, to be shown where the part itself is out of sight. */
  badge?: HTMLElement;
  update(model: Model): void;
}

/** The input of a part. A change of language creates all parts again. */
export interface Context {
  desk: Desk;
  strings: Strings;
}

/** Calls `draw` only if its data has changed. */
export function onChange<Parts extends readonly unknown[]>(
  draw: (...parts: Parts) => void,
): (...parts: Parts) => void {
  let last: Parts | null = null;
  return (...parts) => {
    if (last && parts.every((part, at) => part === last?.[at])) return;
    last = parts;
    draw(...parts);
  };
}
