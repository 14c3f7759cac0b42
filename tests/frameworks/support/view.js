// Pages and components of a built mini-program, drawn by WeChat's own component
// engine without a screen.
'use strict';

const fs = require('node:fs');
const path = require('node:path');

const glassEasel = require('glass-easel');
const { MiniProgramEnv } = require('glass-easel-miniprogram-adapter');
const { TmplGroup } = require('glass-easel-template-compiler');

const withoutExtension = (file) => file.replace(/\.\w+$/, '');

/** The templates of every .wxml and .wxs file, by path without the extension. */
function compileTemplates(root) {
  const files = fs.readdirSync(root, { recursive: true }).map((file) => file.split(path.sep).join('/'));
  const read = (file) => fs.readFileSync(path.join(root, file), 'utf8');
  const group = new TmplGroup();
  try {
    files.filter((file) => file.endsWith('.wxs')).forEach((file) => group.addScript(withoutExtension(file), read(file)));
    files
      .filter((file) => file.endsWith('.wxml'))
      .forEach((file) => {
        const found = group.addTmpl(withoutExtension(file), read(file));
        const error = found.find(({ isError }) => isError);
        if (error) throw new Error(`${file}: ${error.message}`);
      });
    return group.getTmplGenObjectGroups();
  } finally {
    group.free();
  }
}

/** An element as a handler's event shows it. */
function described(caller) {
  const { id, dataset } = caller._$ || caller;
  return { id, dataset: { ...dataset } };
}

// The argument of a handler is plain data, as in WeChat.
glassEasel.Event.prototype.wrapShadowedEvent = function wrap(target, mark, currentTarget) {
  return {
    type: this.type,
    timeStamp: this.timeStamp,
    detail: this.detail,
    target: described(target),
    currentTarget: described(currentTarget),
    mark: mark || {},
  };
};

/** The engine compares the types of properties with its own realm's constructors. */
const TYPES = { String, Number, Boolean, Object, Array, Function };
const typeHere = (type) => (typeof type === 'function' ? TYPES[type.name] : type);
const propertyHere = (property) =>
  property && typeof property === 'object' ? { ...property, type: typeHere(property.type) } : typeHere(property);
const definitionHere = ({ properties = {}, ...definition }) => ({
  ...definition,
  properties: Object.fromEntries(Object.entries(properties).map(([name, given]) => [name, propertyHere(given)])),
});

const textOf = (node) => {
  const text = glassEasel.TextNode.isTextNode(node);
  return text ? node.textContent : childrenOf(node).map(textOf).join('');
};

/** What is drawn inside a node: of a component, its own tree. */
function childrenOf(node) {
  const component = node.asGeneralComponent();
  return component ? component.getShadowRoot().childNodes : node.childNodes;
}

/**
 * @param {object} options
 * @param {string} options.root the folder of the built mini-program
 * @param {(source: string) => any} options.evaluate runs an expression in the mini-program's realm
 * @param {(error: unknown) => void} options.onError gets what a handler or a lifetime throws
 */
function createView({ root, evaluate, onError }) {
  const env = new MiniProgramEnv();
  const backend = env.associateBackend(new glassEasel.EmptyBackendContext());
  const space = env.createCodeSpace('app', true);
  // Frameworks put handlers on an instance after it was made.
  space.getComponentSpace().updateComponentOptions({ useMethodCallerListeners: true });
  const groupList = evaluate(`(${compileTemplates(root)})`);
  const readJson = (file) => (fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : {});
  /** The path of the file that is running: `Page` and `Component` register under it. */
  let current = null;
  glassEasel.addGlobalErrorListener((error) => {
    onError(error);
    return false;
  });

  function addStaticParts(page) {
    const config = readJson(path.join(root, `${page}.json`));
    const using = Object.entries(config.usingComponents || {}).map(([tag, target]) => [
      tag,
      `/${target.startsWith('/') ? target.slice(1) : path.posix.join(path.posix.dirname(page), target)}`,
    ]);
    space.addComponentStaticConfig(page, { ...config, usingComponents: Object.fromEntries(using) });
    space.addCompiledTemplate(page, { groupList, content: groupList[page], fallbackListenerOnNativeNode: true });
    space.addStyleSheet(page, undefined, page);
    return using;
  }

  return {
    globals: {
      Page(definition) {
        space.component(current).pageDefinition(definition).register();
      },
      Component(definition) {
        space.component(current).definition(definitionHere(definition)).register();
      },
      Behavior: (definition) => space.behavior().definition(definition).register(),
    },

    /** Registers a page, and the components it uses, by running their files. */
    register(page, run) {
      const using = addStaticParts(page);
      using.forEach(([, target]) => {
        const component = target.slice(1);
        if (component !== page) this.register(component, run);
      });
      current = page;
      run(`${page}.js`);
    },

    /** Draws a registered page. */
    draw(page) {
      const drawn = backend.createRoot('page', space, page);
      const component = drawn.getComponent();
      glassEasel.Element.pretendAttached(component);

      /** The innermost node that shows exactly `text`. */
      function find(text, node = component) {
        for (const child of childrenOf(node)) {
          const found = glassEasel.TextNode.isTextNode(child) ? null : find(text, child);
          if (found) return found;
        }
        return textOf(node).trim() === text ? node : null;
      }

      return {
        page: drawn.get(),
        text: () => textOf(component),
        lifetime: (name) => component.triggerPageLifetime(name, []),
        /** A tap on the innermost node that shows `text`; it bubbles from there. */
        tap(text) {
          const node = find(text);
          if (!node) throw new Error(`the page does not show ${text}, only ${textOf(component)}`);
          glassEasel.Event.dispatchEvent(
            node,
            new glassEasel.Event('tap', { x: 1, y: 1 }, { bubbles: true, composed: true }),
          );
        },
      };
    },
  };
}

exports.createView = createView;
