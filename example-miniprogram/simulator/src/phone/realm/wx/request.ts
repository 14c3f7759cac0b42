// wx.request, over real HTTP through the page's server.
import type { HttpAnswer, HttpRequest } from '../../bridge';
import type { Core } from '../core';
import { type Options, callBack } from './api';

const METHODS = ['OPTIONS', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'TRACE', 'CONNECT'];
const DEFAULT_TIMEOUT_MS = 60000;

function encodeForm(data: Options): string {
  return Object.entries(data)
    .map(([name, value]) => {
      const text = value !== null && typeof value === 'object' ? JSON.stringify(value) : String(value);
      return `${encodeURIComponent(name)}=${encodeURIComponent(text)}`;
    })
    .join('&');
}

function withQuery(url: string, data: Options): string {
  const query = encodeForm(data);
  if (!query) return url;
  return url + (url.includes('?') ? '&' : '?') + query;
}

/** Names in lower case, as the last one given has it; `referer` is WeChat's own. */
function normalizeHeader(header: unknown): Record<string, string> {
  const normal: Record<string, string> = { 'content-type': 'application/json' };
  Object.entries((header ?? {}) as Options).forEach(([name, value]) => {
    if (value !== undefined && value !== null && name.toLowerCase() !== 'referer') {
      normal[name.toLowerCase()] = String(value);
    }
  });
  return normal;
}

function prepare(options: Options): HttpRequest {
  const { url, data } = options;
  if (typeof url !== 'string' || !/^https?:\/\//i.test(url)) throw new Error(`invalid url "${String(url)}"`);
  if (options.responseType !== undefined && options.responseType !== 'text') {
    throw new Error(`responseType "${String(options.responseType)}" is not simulated`);
  }
  const method = String(options.method ?? 'GET').toUpperCase();
  if (!METHODS.includes(method)) throw new Error(`invalid method "${method}"`);
  const header = normalizeHeader(options.header);
  const timeout = Number(options.timeout ?? DEFAULT_TIMEOUT_MS);
  const request = { url, method, header, data: null, timeout };
  if (data === undefined || data === null) return request;
  if (typeof data === 'string') return { ...request, data };
  if (data instanceof ArrayBuffer) throw new Error('data that is an ArrayBuffer is not simulated');
  if (method === 'GET') return { ...request, url: withQuery(url, data as Options) };
  if ((header['content-type'] ?? '').includes('application/x-www-form-urlencoded')) {
    return { ...request, data: encodeForm(data as Options) };
  }
  return { ...request, data: JSON.stringify(data) };
}

function parse(data: string, dataType: unknown): unknown {
  if (dataType !== undefined && dataType !== 'json') return data;
  try {
    return JSON.parse(data) as unknown;
  } catch {
    return data;
  }
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
    const carried = core.tap.carry();
    let headerListeners: ((result: unknown) => void)[] = [];
    let settled = false;
    let abortHost = () => {};

    function failed(errMsg: string, errno: number): void {
      if (settled) return;
      settled = true;
      callBack(core, carried(), [fail, complete], { errMsg: `request:fail ${errMsg}`, errno });
    }

    try {
      abortHost = core.host.request(JSON.stringify(prepare(options)), (text) => {
        const answer = JSON.parse(text) as HttpAnswer;
        if ('errMsg' in answer) {
          failed(answer.errMsg.replace(/^request:fail ?/, ''), answer.errno);
          return;
        }
        if (settled) return;
        settled = true;
        const { statusCode, header } = answer;
        const data = parse(answer.data, options.dataType);
        callBack(core, null, headerListeners, { statusCode, header });
        callBack(core, carried(), [success, complete], { data, statusCode, header, cookies: [], errMsg: 'request:ok' });
      });
    } catch (error) {
      failed((error as Error).message, 600009);
    }

    return {
      abort() {
        abortHost();
        failed('abort', 600003);
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
