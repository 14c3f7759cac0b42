// WeChat's rules, which the fake `wx` of the test suites follows as well.
export { asyncWhile, failureMessage, hasCallback, OFTEN_ASYNC_APIS, withoutCallbacks, wrongType } from '../../../../tests/wechat/call.js';
export { createPopupRules, MAX_TEMPLATES, POPUP_ERRORS, UNCODED_ERRORS } from '../../../../tests/wechat/popup.js';
export type { PopupErrorCode, UncodedError, Account } from '../../../../tests/wechat/popup.js';
export { DEFAULT_TIMEOUT_MS, INVALID_REQUEST_ERRNO, isRequestUrl, NETWORK_ERRNO, REQUEST_FAILURES, responseData, wireRequest } from '../../../../tests/wechat/request.js';
export { settingsAnswer } from '../../../../tests/wechat/settings.js';
export { checkKey, checkRoom, FULL, LIMIT_BYTES, NOT_FOUND, sizeOf } from '../../../../tests/wechat/storage.js';
export { createTapState, NOT_TAPPED } from '../../../../tests/wechat/tap.js';
export type { CallbackTaps, Tap, TapState } from '../../../../tests/wechat/tap.js';
