// <image>, <icon> and <progress>
import type { BuiltIn } from './built-in';
import { resolvePath } from '../path';

/** `mode` → how the picture fills its box. */
const FITS: Record<string, string> = {
  scaleToFill: 'fill',
  aspectFit: 'contain',
  aspectFill: 'cover',
  center: 'none',
};

const pictures = new WeakMap<HTMLElement, HTMLImageElement>();

export const image: BuiltIn = {
  properties: {
    src: String,
    mode: { type: String, value: 'scaleToFill' },
    lazyLoad: Boolean,
    webp: Boolean,
    showMenuByLongpress: Boolean,
  },
  created({ element, listen, trigger }) {
    const picture = element.ownerDocument.createElement('img');
    pictures.set(element, picture);
    element.append(picture);
    listen(picture, 'load', () =>
      trigger('load', { width: picture.naturalWidth, height: picture.naturalHeight }),
    );
    listen(picture, 'error', () => trigger('error', { errMsg: `${picture.src} cannot be loaded` }));
  },
  changed({ element, data, surroundings: { core, route } }) {
    const picture = pictures.get(element);
    if (!picture) return;
    const mode = String(data.mode || 'scaleToFill');
    if (!FITS[mode] && mode !== 'widthFix' && mode !== 'heightFix') {
      throw new Error(`<image mode="${mode}"> is not simulated`);
    }
    element.setAttribute('mode', mode);
    picture.style.objectFit = FITS[mode] ?? 'fill';
    const src = String(data.src ?? '');
    const url =
      src === '' || /^(https?:|data:)/.test(src)
        ? src
        : core.host.assetUrl(resolvePath(route(), src));
    if (picture.getAttribute('src') !== url) {
      if (url) picture.src = url;
      else picture.removeAttribute('src');
    }
  },
};

export const icon: BuiltIn = {
  properties: { type: String, size: { type: Number, value: 23 }, color: String },
  changed({ element, data }) {
    element.setAttribute('type', String(data.type ?? ''));
    element.style.setProperty('--size', `${String(data.size)}px`);
    if (data.color) element.style.setProperty('--color', String(data.color));
  },
};

export const progress: BuiltIn = {
  properties: {
    percent: Number,
    showInfo: Boolean,
    strokeWidth: { type: Number, value: 6 },
    activeColor: { type: String, value: '#09bb07' },
    backgroundColor: { type: String, value: '#ebebeb' },
    active: Boolean,
  },
  changed({ element, data }) {
    const percent = Math.min(100, Math.max(0, Number(data.percent ?? 0)));
    element.style.setProperty('--percent', `${percent}%`);
    element.style.setProperty('--height', `${String(data.strokeWidth)}px`);
    element.style.setProperty('--active', String(data.activeColor));
    element.style.setProperty('--rest', String(data.backgroundColor));
    if (data.showInfo) element.dataset.info = `${percent}%`;
  },
};
