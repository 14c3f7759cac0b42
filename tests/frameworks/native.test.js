// Without a framework: WeChat's own tools build npm, and compile to ES5.
'use strict';

const { journey } = require('./support/journey.js');
const { build } = require('./support/wechat-tools.js');

journey({
  project: 'native',
  build,
  wasmPath: /^\/miniprogram_npm\/wx-subscribe\/wx_subscribe\.wasm$/,
  page: 'pages/product/index',
  mistakes: 'pages/mistakes/index',
});
