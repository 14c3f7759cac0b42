// app.json, and from its pages on every component that is in use.
import { CompileError } from './error.mjs';
import { resolvePath } from './files.mjs';

/** What app.json asks for and the phone has no place for: better refused than ignored. */
const APP_KEYS_NOT_SIMULATED = ['plugins', 'subPackages', 'subpackages', 'workers', 'renderer', 'functionalPages'];
const COMPONENT_KEYS_NOT_SIMULATED = ['componentGenerics', 'componentPlaceholder', 'renderer'];

function refuse(file, json, keys) {
  const key = keys.find((name) => json[name] !== undefined);
  if (key) throw new CompileError(file, `"${key}" is not simulated`);
}

function checkApp(app) {
  refuse('app.json', app, APP_KEYS_NOT_SIMULATED);
  if (!Array.isArray(app.pages) || app.pages.length === 0) {
    throw new CompileError('app.json', '"pages" must list at least one page');
  }
  if (app.tabBar?.custom) throw new CompileError('app.json', '"tabBar.custom" is not simulated');
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
      throw new CompileError(file, `"${tag}" is of a plugin (${target}): plugins are not simulated`);
    }
    const candidates = [
      resolvePath(file, target),
      `miniprogram_npm/${target}`,
      `miniprogram_npm/${target}/index`,
    ];
    const found = candidates.find((name) => source.has(`${name}.json`) && source.has(`${name}.wxml`));
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
        throw new CompileError(isPage ? 'app.json' : `${name}.json`, `there is no ${name}.${extension}`);
      }
    }
    const file = `${name}.json`;
    const json = source.has(file) ? await source.json(file) : {};
    refuse(file, json, COMPONENT_KEYS_NOT_SIMULATED);
    const using = { ...shared, ...resolveComponents(source, file, json.usingComponents) };
    components[name] = { ...json, component: json.component === true, usingComponents: using };
    for (const used of Object.values(using)) await add(used, false);
  }

  for (const page of app.pages) await add(page, true);
  return { app: { ...app, usingComponents: shared }, components };
}
