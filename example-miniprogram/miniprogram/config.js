module.exports = {
  // Where `wx-subscribe-backend` listens. In production this must be an https
  // address listed among the mini-program's request domains; DevTools accepts a
  // local address because `urlCheck` is false in project.config.json.
  baseUrl: 'http://127.0.0.1:8787',
};
