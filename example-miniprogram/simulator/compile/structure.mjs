// Reads app.json, its pages, and all components in use.
import { CompileError } from './error.mjs';
import { resolvePath } from './files.mjs';

/** Members that the phone uses. */
const WINDOW_KEYS = [
  'navigationBarTitleText',
  'navigationBarBackgroundColor',
  'navigationBarTextStyle',
  'navigationStyle',
  'backgroundColor',
];

/** Members without an effect in the phone: it has no pull-down refresh and does not turn. */
const WINDOW_KEYS_WITHOUT_EFFECT = [
  'backgroundColorBottom',
  'backgroundColorTop',
  'backgroundTextStyle',
  'initialRenderingCache',
  'onReachBottomDistance',
  'pageOrientation',
  'visualEffectInBackground',
];

const APP_KEYS = [
  'pages',
  'entryPagePath',
  'window',
  'tabBar',
  'usingComponents',
  // Without an effect in the phone.
  '$schema',
  'componentFramework',
  'debug',
  'lazyCodeLoading',
  'networkTimeout',
  'permission',
  'requiredPrivateInfos',
  'sitemapLocation',
  'style',
];

const COMPONENT_KEYS = [
  ...WINDOW_KEYS,
  ...WINDOW_KEYS_WITHOUT_EFFECT,
  'component',
  'usingComponents',
  'styleIsolation',
  'pureDataPattern',
  '$schema',
];

const TAB_BAR_KEYS = [
  'color',
  'selectedColor',
  'backgroundColor',
  'borderStyle',
  'list',
  'position',
];

/** Everything else is refused, because the phone would ignore it. */
function refuseOthers(file, json, keys, prefix = '') {
  for (const [key, value] of Object.entries(json ?? {})) {
    // `false` is what the phone does anyway.
    if (!keys.includes(key) && value !== false) {
      throw new CompileError(file, `"${prefix}${key}" is not simulated`);
    }
  }
}

function checkApp(app) {
  refuseOthers('app.json', app, APP_KEYS);
  refuseOthers('app.json', app.window, [...WINDOW_KEYS, ...WINDOW_KEYS_WITHOUT_EFFECT], 'window.');
  refuseOthers('app.json', app.tabBar, TAB_BAR_KEYS, 'tabBar.');
  if (!Array.isArray(app.pages) || app.pages.length === 0) {
    throw new CompileError('app.json', '"pages" must list at least one page');
  }
  if (app.tabBar?.position === 'top')
    throw new CompileError('app.json', '"tabBar.position" "top" is not simulated');
  for (const { pagePath } of app.tabBar?.list ?? []) {
    if (!app.pages.includes(pagePath)) {
      throw new CompileError('app.json', `"tabBar" names ${pagePath}, which is not in "pages"`);
    }
  }
}

/** `usingComponents` as written → with the path of each component resolved. */
function resolveComponents(source, file, using = {}) {
  const resolved = {};
  for (const [tag, target] of Object.entries(using)) {
    if (/^[a-z-]*:\/\//.test(target)) {
      throw new CompileError(
        file,
        `"${tag}" is of a plugin (${target}): plugins are not simulated`,
      );
    }
    const candidates = [
      resolvePath(file, target),
      `miniprogram_npm/${target}`,
      `miniprogram_npm/${target}/index`,
    ];
    const found = candidates.find(
      (name) => source.has(`${name}.json`) && source.has(`${name}.wxml`),
    );
    if (!found) throw new CompileError(file, `there is no component at ${target} (for <${tag}>)`);
    resolved[tag] = found;
  }
  return resolved;
}

/**
 * @param source of `readPackage`
 * @returns `{ app, components }`: app.json, and path without extension → JSON
 */
export async function readStructure(source) {
  const app = await source.json('app.json');
  checkApp(app);
  const shared = resolveComponents(source, 'app.json', app.usingComponents);
  const components = {};

  async function add(name, isPage) {
    if (components[name]) return;
    for (const extension of ['js', 'wxml']) {
      if (!source.has(`${name}.${extension}`)) {
        throw new CompileError(
          isPage ? 'app.json' : `${name}.json`,
          `there is no ${name}.${extension}`,
        );
      }
    }
    const file = `${name}.json`;
    const json = source.has(file) ? await source.json(file) : {};
    refuseOthers(file, json, COMPONENT_KEYS);
    const using = { ...shared, ...resolveComponents(source, file, json.usingComponents) };
    components[name] = { ...json, component: json.component === true, usingComponents: using };
    for (const used of Object.values(using)) await add(used, false);
  }

  for (const page of app.pages) await add(page, true);
  return { app: { ...app, usingComponents: shared }, components };
}
