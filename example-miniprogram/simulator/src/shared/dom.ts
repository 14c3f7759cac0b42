// Elements without a framework, for the phone and the panel.

export type Child = Node | string | null | undefined | false;
type Attribute = string | number | boolean | null | undefined | ((event: Event) => void);
type Attributes = Record<string, Attribute>;
type Tags = HTMLElementTagNameMap;

function setAttribute(element: Element, name: string, value: Attribute): void {
  if (typeof value === 'function') element.addEventListener(name.slice(2), value);
  else if (value !== false && value !== null && value !== undefined)
    element.setAttribute(name, value === true ? '' : String(value));
}

/**
 * An element: `tag.class.class`, then attributes and children. An `on…`
 * attribute listens, `true` stands for an empty attribute, `false`, `null` and
 * `undefined` for none.
 */
export function h<Tag extends keyof Tags>(
  selector: Tag | `${Tag}.${string}`,
  ...parts: (Child | Attributes)[]
): Tags[Tag] {
  const [tag, ...classes] = selector.split('.');
  const element = document.createElement(tag as Tag);
  element.className = classes.join(' ');
  for (const part of parts) {
    if (!part) continue;
    if (typeof part === 'string' || part instanceof Node) element.append(part);
    else Object.entries(part).forEach(([name, value]) => setAttribute(element, name, value));
  }
  return element;
}

/** Replaces the element's children. */
export function fill(element: Element, ...children: Child[]): void {
  element.replaceChildren(
    ...children.filter((child) => child !== null && child !== undefined && child !== false),
  );
}

/** Sets a text only if it differs, so that live regions announce real changes only. */
export function say(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
