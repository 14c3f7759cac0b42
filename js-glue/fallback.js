// `wx-subscribe/fallback` for bundlers, which look in the root of the package.
module.exports = require('./miniprogram_dist/fallback');
