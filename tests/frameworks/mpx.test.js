// Mpx 2: webpack 5.
'use strict';

const { journey } = require('./support/journey.js');

journey({
  project: 'mpx',
  output: 'dist/wx',
  wasmPath: /^\/wx_subscribe\.wasm$/,
  page: 'pages/product',
  mistakes: 'pages/mistakes',
});
