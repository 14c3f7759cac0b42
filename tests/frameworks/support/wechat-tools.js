// 工具 → 构建 npm, then 上传: what DevTools does by hand, with WeChat's own tools.
'use strict';

const { useTools } = require('../../miniprogram-ci/support/project.js');

/** Builds the project, and gives the folder of what would be uploaded. */
async function build(folder) {
  const { packNpm, compiled } = await useTools({ folder }, 'packNpm', 'compile');
  if (packNpm.length > 0) throw new Error(`构建 npm warns: ${JSON.stringify(packNpm)}`);
  return compiled;
}

exports.build = build;
