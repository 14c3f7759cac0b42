// Elements of the phone.
import { type Child, h } from '../../shared/dom';

/** A button that can be reached by keyboard as well. Without a label its name is its text. */
export function button(
  className: string,
  label: string,
  onTap: () => void,
  ...children: Child[]
): HTMLElement {
  const content = children.length > 0 ? children : [label];
  return h(
    `button.${className.replaceAll(' ', '.')}`,
    { 'aria-label': label || null, onclick: () => onTap() },
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
  h(`span.avatar${size as `.${string}`}`, { 'aria-hidden': 'true' }, [...name][0] ?? '');
