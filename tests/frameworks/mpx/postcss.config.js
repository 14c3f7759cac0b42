const autoprefixer = require('autoprefixer');

module.exports = {
  plugins: [autoprefixer({ remove: false })],
};
