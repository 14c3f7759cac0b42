import fallback = require('./miniprogram_dist/fallback');

export = fallback;
