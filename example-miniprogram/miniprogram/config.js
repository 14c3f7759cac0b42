module.exports = {
  // Where `wx-subscribe-backend` listens. In production this must be an https
  // address listed among the mini-program's request domains; DevTools accepts a
  // local address because `urlCheck` is false in project.config.json.
  //
  // On a real phone 127.0.0.1 is the phone itself. Put an https proxy in front of
  // the back end (which listens on 127.0.0.1 only) under a name that the phone
  // resolves, start the back end with `--public-host` and that name, and write
  // its address here. For a preview with debugging switched on, the domain need
  // not be listed.
  baseUrl: 'http://127.0.0.1:8787',
};
