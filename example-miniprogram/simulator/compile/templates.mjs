// WXML and WXS → one JavaScript expression, by WeChat's own template compiler.
import { TmplGroup } from 'glass-easel-template-compiler';

import { BUILT_IN_TAGS, TEMPLATE_TAGS } from './tags.mjs';
import { CompileError } from './error.mjs';

/** Events that the phone never fires; a handler for one is an error. */
const EVENTS_NOT_SIMULATED =
  /\s(?:capture-)?(?:mut-)?(?:bind|catch):?(longpress|longtap|touchforcechange)\s*=/;

/** Warnings of the compiler that are errors in WeChat DevTools. */
const REFUSED = ['missing end tag', 'invalid end tag'];

/** Removes what only looks like markup: comments, scripts and `{{ }}`. */
function markupOf(text) {
  return text
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/<wxs\b[^>]*?(?:\/>|>[\s\S]*?<\/wxs>)/g, '<wxs/>')
    .replace(/\{\{[\s\S]*?\}\}/g, '');
}

function checkMarkup(file, text, custom) {
  const markup = markupOf(text);
  const event = EVENTS_NOT_SIMULATED.exec(markup)?.[1];
  if (event) throw new CompileError(file, `the event "${event}" is not simulated`);
  for (const [, tag] of markup.matchAll(/<([A-Za-z][\w-]*)/g)) {
    if (!BUILT_IN_TAGS.has(tag) && !TEMPLATE_TAGS.has(tag) && !(tag in custom)) {
      throw new CompileError(
        file,
        `<${tag}> is not simulated, and no component of that name is in use`,
      );
    }
  }
}

const withoutExtension = (file) => file.replace(/\.\w+$/, '');

/**
 * @param source of `readPackage`
 * @param components of `readStructure`
 */
export async function compileTemplates(source, components) {
  const group = new TmplGroup();
  try {
    for (const file of source.paths.filter((name) => name.endsWith('.wxs'))) {
      group.addScript(withoutExtension(file), await source.text(file));
    }
    for (const file of source.paths.filter((name) => name.endsWith('.wxml'))) {
      const name = withoutExtension(file);
      const text = await source.text(file);
      const found = group.addTmpl(name, text);
      const refused = found.find(({ isError, message }) => isError || REFUSED.includes(message));
      if (refused) {
        throw new CompileError(file, refused.message, {
          line: refused.startLine + 1,
          column: refused.startColumn + 1,
        });
      }
      if (components[name]) checkMarkup(file, text, components[name].usingComponents);
    }
    for (const name of Object.keys(components)) {
      for (const used of group.getDirectDependencies(name)) {
        if (!source.has(`${used}.wxml`))
          throw new CompileError(`${name}.wxml`, `there is no ${used}.wxml`);
      }
      for (const used of group.getScriptDependencies(name)) {
        if (!source.has(`${used}.wxs`))
          throw new CompileError(`${name}.wxml`, `there is no ${used}.wxs`);
      }
    }
    return group.getTmplGenObjectGroups();
  } finally {
    group.free();
  }
}
