// Without a framework, the package within a subpackage.
'use strict';

const { journey } = require('./support/journey.js');
const { build } = require('./support/wechat-tools.js');

journey({
  project: 'native-subpackage',
  build,
  wasmPath: /^\/shop\/miniprogram_npm\/wx-subscribe\/wx_subscribe\.wasm$/,
  page: 'shop/pages/product/index',
  mistakes: 'shop/pages/mistakes/index',
});
