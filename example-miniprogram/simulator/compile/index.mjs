// A mini-program's folder as WeChat DevTools would compile it → plain JSON for the phone.
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { CompileError } from './error.mjs';
import { readPackage } from './files.mjs';
import { compileModules } from './modules.mjs';
import { compileStyle } from './styles.mjs';
import { compileTemplates } from './templates.mjs';
import { readStructure } from './structure.mjs';

export { CompileError } from './error.mjs';

/** Where project.config.json may be, relative to the folder of app.json. */
const PROJECT_FILES = ['project.config.json', '../project.config.json'];

async function readAppId(folder) {
  for (const file of PROJECT_FILES) {
    const text = await readFile(path.join(folder, file), 'utf8').catch(() => null);
    if (text !== null) {
      try {
        return JSON.parse(text).appid ?? 'touristappid';
      } catch (error) {
        throw new CompileError(file, error.message);
      }
    }
  }
  return 'touristappid';
}

async function compileStyles(source, structure) {
  const styles = {};
  if (source.has('app.wxss')) styles.app = await compileStyle(source, 'app.wxss', { kind: 'app' });
  for (const [name, config] of Object.entries(structure.components)) {
    const file = `${name}.wxss`;
    if (source.has(file)) {
      const kind = structure.app.pages.includes(name) ? 'page' : 'component';
      styles[name] = await compileStyle(source, file, {
        kind,
        name,
        custom: Object.keys(config.usingComponents),
      });
    }
  }
  return styles;
}

/**
 * Compiles the mini-program in a folder.
 *
 * @param {string} folder holds app.json
 * @returns {Promise<import('../src/shared/phone.ts').CompiledMiniprogram>}
 * @throws {CompileError} that names the file and says why
 */
export async function compileMiniprogram(folder) {
  const source = await readPackage(folder);
  const structure = await readStructure(source);
  return {
    app: structure.app,
    appId: await readAppId(folder),
    components: structure.components,
    modules: await compileModules(source),
    templates: await compileTemplates(source, structure.components),
    styles: await compileStyles(source, structure),
    assets: source.paths.filter((file) => !/\.(js|json|wxml|wxss|wxs|ts|map)$/.test(file)),
  };
}
