// wx.request, over real HTTP through the page's server.
import {
  DEFAULT_TIMEOUT_MS,
  INVALID_REQUEST_ERRNO,
  REQUEST_FAILURES,
  isRequestUrl,
  responseData,
  wireRequest,
} from '../../../shared/wechat';
import type { HttpAnswer, HttpRequest } from '../../bridge';
import type { Core } from '../core';
import { type Options, callBack } from './api';

const METHODS = ['OPTIONS', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'TRACE', 'CONNECT'];

/** Throws if the options need something that the phone does not simulate. */
function prepare(options: Options): HttpRequest {
  const { url, data, responseType, timeout } = options;
  if (!isRequestUrl(url)) throw new Error(`invalid url "${String(url)}"`);
  if (responseType !== undefined && responseType !== 'text') {
    throw new Error(`responseType "${String(responseType)}" is not simulated`);
  }
  if (data instanceof ArrayBuffer) throw new Error('data that is an ArrayBuffer is not simulated');
  const { body = null, ...wire } = wireRequest(options);
  if (!METHODS.includes(wire.method)) throw new Error(`invalid method "${wire.method}"`);
  return { ...wire, data: body, timeout: Number(timeout ?? DEFAULT_TIMEOUT_MS) };
}

export interface RequestTask {
  abort(): void;
  onHeadersReceived(listener: (result: unknown) => void): void;
  offHeadersReceived(listener?: (result: unknown) => void): void;
  onChunkReceived(): void;
  offChunkReceived(): void;
}

export function createRequest(core: Core): Record<string, (options?: Options) => unknown> {
  function request(given?: Options): RequestTask {
    const options = given ?? {};
    const { success, fail, complete } = options;
    const taps = core.tap.ofCallbacks('request');
    let headerListeners: ((result: unknown) => void)[] = [];
    let settled = false;
    let abortHost = () => {};

    function failed({ text, errno }: { text: string; errno: number }): void {
      if (settled) return;
      settled = true;
      callBack(core, taps.fail(), [fail, complete], { errMsg: `request:fail ${text}`, errno });
    }

    try {
      abortHost = core.host.request(JSON.stringify(prepare(options)), (text) => {
        const answer = JSON.parse(text) as HttpAnswer;
        if ('errMsg' in answer) {
          failed({ text: answer.errMsg.replace(/^request:fail ?/, ''), errno: answer.errno });
          return;
        }
        if (settled) return;
        settled = true;
        const { statusCode, header } = answer;
        const data = responseData(answer.data, options.dataType);
        callBack(core, null, headerListeners, { statusCode, header });
        callBack(core, taps.success(), [success, complete], {
          data,
          statusCode,
          header,
          cookies: [],
          errMsg: 'request:ok',
        });
      });
    } catch (error) {
      failed({ text: (error as Error).message, errno: INVALID_REQUEST_ERRNO });
    }

    return {
      abort() {
        abortHost();
        failed(REQUEST_FAILURES.abort);
      },
      onHeadersReceived: (listener) => void headerListeners.push(listener),
      offHeadersReceived(listener) {
        headerListeners = listener ? headerListeners.filter((one) => one !== listener) : [];
      },
      onChunkReceived() {
        throw new Error('RequestTask.onChunkReceived is not simulated');
      },
      offChunkReceived() {},
    };
  }
  return { request };
}
