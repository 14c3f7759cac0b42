// Runs WeChat's own tools on one project, in a separate process, because their
// child processes outlive them: `node tools.js ROOT OUT STEP…`. Leaves
// `report.json` in OUT, and the compiled files under `compiled`.
'use strict';

const { generateKeyPairSync } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

const ci = require('miniprogram-ci');

const [root, out, ...steps] = process.argv.slice(2);
const { appid, setting } = JSON.parse(
  fs.readFileSync(path.join(root, 'project.config.json'), 'utf8'),
);

/** A project without requests to WeChat's servers. The key does not matter, as nothing is uploaded. */
function openProject() {
  const privateKeyPath = path.join(out, 'upload.key');
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  fs.writeFileSync(privateKeyPath, privateKey);
  const ignores = ['node_modules/**/*'];
  const project = new ci.Project({
    appid,
    type: 'miniProgram',
    projectPath: root,
    privateKeyPath,
    ignores,
  });
  project.attr = async () => ci.DefaultProjectAttr;
  return project;
}

/** What DevTools does for 上传, with the project's own settings. */
async function compile(project) {
  const files = await ci.getCompiledResult({
    project,
    version: '0.1.0',
    desc: 'gate',
    setting: {
      es6: setting.es6,
      es7: setting.enhance,
      minify: setting.minified,
      minifyWXML: setting.minifyWXML,
      minifyWXSS: setting.minifyWXSS,
      autoPrefixWXSS: setting.postcss,
    },
    onProgressUpdate: () => {},
  });
  return Object.entries(files).map(([name, content]) => {
    const target = path.join(out, 'compiled', name);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, content);
    return { name, bytes: fs.statSync(target).size };
  });
}

/** 工具 → 构建 npm, where `package.json` lies beside the mini-program's own folder. */
function packNpmManually() {
  const [{ packageJsonPath, miniprogramNpmDistDir }] = setting.packNpmRelationList;
  return ci.packNpmManually({
    packageJsonPath: path.join(root, packageJsonPath),
    miniprogramNpmDistDir: path.join(root, miniprogramNpmDistDir),
    ignores: [],
  });
}

const STEPS = {
  packNpm: (project) => ci.packNpm(project, { reporter: () => {} }),
  packNpmManually,
  checkCodeQuality: (project) => ci.checkCodeQuality(project),
  compile,
};

async function main() {
  const project = openProject();
  const report = {};
  for (const step of steps) report[step] = await STEPS[step](project);
  fs.writeFileSync(path.join(out, 'report.json'), JSON.stringify(report));
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
