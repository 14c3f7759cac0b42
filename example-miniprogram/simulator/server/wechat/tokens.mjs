// Access tokens, as `POST /cgi-bin/stable_token` gives them: the same one until
// it is about to expire, or another when that is forced.
import { randomBytes } from 'node:crypto';

import { WechatError } from './errors.mjs';

const LIFETIME_MS = 7200_000;

/** This long before the end, the next call gets a new token; the old one stays valid. */
const OVERLAP_MS = 300_000;

/**
 * @param {{ appid: string, secret: string }} account
 * @param {() => number} now milliseconds
 */
export function createTokens({ appid, secret }, now = Date.now) {
  /** Token → when it expires. Expired tokens are kept, to distinguish them from invalid ones. */
  const expiry = new Map();
  let current = null;

  const livesUntil = (token) => expiry.get(token) ?? -Infinity;

  return {
    /** Returns the body of the answer. */
    issue(body) {
      if (body.grant_type !== 'client_credential') throw new WechatError(40002);
      if (!body.appid) throw new WechatError(41002);
      if (!body.secret) throw new WechatError(41004);
      if (body.appid !== appid) throw new WechatError(40013);
      if (body.secret !== secret) throw new WechatError(40125);
      const forced = body.force_refresh === true;
      if (forced || livesUntil(current) - now() <= OVERLAP_MS) {
        if (forced && current) expiry.set(current, Math.min(livesUntil(current), now()));
        current = randomBytes(64).toString('base64url');
        expiry.set(current, now() + LIFETIME_MS);
      }
      return {
        access_token: current,
        expires_in: Math.floor((livesUntil(current) - now()) / 1000),
      };
    },

    /** Throws unless the token is valid now. */
    check(token) {
      if (!token) throw new WechatError(41001);
      if (!expiry.has(token)) throw new WechatError(40001);
      if (livesUntil(token) <= now()) throw new WechatError(42001);
    },

    /** Expires every token. */
    expire() {
      for (const token of expiry.keys()) expiry.set(token, Math.min(livesUntil(token), now()));
    },
  };
}
