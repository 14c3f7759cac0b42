// WeChat's rules, which the fake `wx` of the test suites follows as well.
export {
  OFTEN_ASYNC_APIS,
  asyncWhile,
  failureMessage,
  hasCallback,
  withoutCallbacks,
  wrongType,
} from '../../../../tests/wechat/call.js';
export {
  MAX_TEMPLATES,
  POPUP_ERRORS,
  UNCODED_ERRORS,
  createPopupRules,
} from '../../../../tests/wechat/popup.js';
export type {
  Account,
  PopupErrorCode,
  Question,
  UncodedError,
} from '../../../../tests/wechat/popup.js';
export {
  DEFAULT_TIMEOUT_MS,
  INVALID_REQUEST_ERRNO,
  NETWORK_ERRNO,
  REQUEST_FAILURES,
  isRequestUrl,
  responseData,
  wireRequest,
} from '../../../../tests/wechat/request.js';
export { settingsAnswer } from '../../../../tests/wechat/settings.js';
export {
  FULL,
  LIMIT_BYTES,
  NOT_FOUND,
  checkKey,
  checkRoom,
  sizeOf,
} from '../../../../tests/wechat/storage.js';
export { NOT_TAPPED, createTapState } from '../../../../tests/wechat/tap.js';
export type { Tap, TapState } from '../../../../tests/wechat/tap.js';
