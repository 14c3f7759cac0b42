// Elements in one expression.

type Child = Node | string | null | false;
type Attributes = Record<string, string | number | boolean | ((event: Event) => void)>;

/** `on…` is a listener, `true` an attribute without a value, `false` none. */
export function h(tag: string, attributes: Attributes = {}, ...children: Child[]): HTMLElement {
  const [name = 'div', ...classes] = tag.split('.');
  const element = document.createElement(name || 'div');
  if (classes.length > 0) element.className = classes.join(' ');
  Object.entries(attributes).forEach(([key, value]) => {
    if (typeof value === 'function') element.addEventListener(key.slice(2), value);
    else if (value !== false) element.setAttribute(key, value === true ? '' : String(value));
  });
  element.append(
    ...children.filter((child): child is Node | string => child !== null && child !== false),
  );
  return element;
}

/** A button that can be reached by keyboard as well. */
export function button(
  className: string,
  label: string,
  onTap: () => void,
  ...children: Child[]
): HTMLElement {
  const content = children.length > 0 ? children : [label];
  const classes = className.split(' ').join('.');
  return h(
    `button.${classes}`,
    { type: 'button', 'aria-label': label, onclick: () => onTap() },
    ...content,
  );
}

/** An icon drawn with lines; `paths` on a grid of 24. */
export function icon(className: string, ...paths: string[]): SVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', `icon ${className}`);
  svg.setAttribute('aria-hidden', 'true');
  paths.forEach((d) => {
    const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    path.setAttribute('d', d);
    svg.append(path);
  });
  return svg;
}

/** The icon of a mini-program without a picture: its first character. */
export const avatar = (name: string, size = '') =>
  h(`span.avatar${size}`, { 'aria-hidden': 'true' }, [...name][0] ?? '');
