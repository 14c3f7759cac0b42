// The parts of a built-in component.
import type { Core } from '../core';

/** The functions of the phone for a built-in component. */
export interface Surroundings {
  core: Core;
  /** The path of the page on top; empty while there is none. */
  route(): string;
  wx: Record<string, unknown>;
}

/** A built-in component on a page. */
export interface Instance {
  /** Its element in the web view. */
  element: BuiltInElement;
  data: Record<string, unknown>;
  set(data: Record<string, unknown>): void;
  /** Fires an event such as `bindchange`: in a macrotask without a tap. */
  trigger(name: string, detail: unknown, bubbles?: boolean): void;
  /** Listens on the element or one inside it; handlers run in a macrotask without a tap. */
  listen(target: EventTarget, type: string, listener: (event: Event) => void): void;
  surroundings: Surroundings;
}

/** Members of elements that forms and labels use. */
export interface BuiltInElement extends HTMLElement {
  wxControl?: {
    /** The action of a tap on its label. */
    activate(): void;
    /** For forms: the name, and the value now. */
    name(): string;
    value(): unknown;
    reset(): void;
  };
  wxGroup?: { changed(): void };
}

type PropertyType = StringConstructor | NumberConstructor | BooleanConstructor | null;

export interface BuiltIn {
  properties: Record<string, PropertyType | { type: PropertyType; value: unknown }>;
  created?(instance: Instance): void;
  /** After any of its properties changed, and once at the beginning. */
  changed?(instance: Instance): void;
}
