// What `setup` takes, and what it does not.
import fallback from 'wx-subscribe/fallback';
import { setup, type Config, type SetupError } from 'wx-subscribe';

const baseUrl = 'https://shop.example.com/api';
const findCustomerPopTemplate = (): { data: string[] } => ({ data: ['a'] });
const popSubscribeResult = (): void => {};

export const right: Config[] = [
  { baseUrl },
  { findCustomerPopTemplate, popSubscribeResult },
  { baseUrl, findCustomerPopTemplate },
  { baseUrl, popSubscribeResult },
  { baseUrl, findCustomerPopTemplate, popSubscribeResult },
  {
    findCustomerPopTemplate: async ({ triggerAct, busNo }) => ({ data: [triggerAct, busNo] }),
    popSubscribeResult: async (result, { reportId }) => [result.agreeTemplateIds, reportId],
  },
  { baseUrl, header: { authorization: 'token' }, openId: 'someone' },
  { baseUrl, header: () => ({ authorization: 'token' }), openId: () => 'someone' },
  { baseUrl, header: async () => ({ authorization: 'token' }), openId: async () => 'someone' },
  { baseUrl, openId: () => null },
  { baseUrl, openId: async () => undefined },
  {
    baseUrl,
    openId: false,
    signIn: () => Promise.resolve(),
    isSaved: (response) => response.data.code === 0,
  },
  {
    baseUrl,
    triggers: { 10: '到货提醒' },
    maxTemplates: 5,
    templateTtlMs: 60_000,
    onEvent: ({ name }) => name.length,
  },
  { baseUrl, fallback },
  {
    baseUrl,
    wasmPath: '/a.wasm',
    fallback: (imports) => ({ imports }),
    loadTimeoutMs: 5_000,
    requestTimeoutMs: 5_000,
  },
  { baseUrl, coolDownMs: 86_400_000, readTemplates: (body) => body.list },
  {
    baseUrl,
    readTemplates: (body: { data: { id?: string | null }[] }) => body.data.map(({ id }) => id),
  },
  { baseUrl, popupGraceMs: 5_000, popupTimeoutMs: 120_000 },
  {
    baseUrl,
    outboxMaxReports: 100,
    outboxMaxBytes: 262_144,
    outboxMaxAgeMs: 30 * 24 * 3600 * 1000,
  },
];

export const wrong: Config[] = [
  // @ts-expect-error neither a URL nor functions
  {},
  // @ts-expect-error the report has nowhere to go
  { findCustomerPopTemplate },
  // @ts-expect-error there are no templates to ask for
  { popSubscribeResult, openId: false },
  // @ts-expect-error a URL is a string
  { baseUrl: new String(baseUrl) },
  // @ts-expect-error there is no such key
  { baseUrl, baseURL: baseUrl },
  // @ts-expect-error `true` says nothing
  { baseUrl, openId: true },
  // @ts-expect-error a number is no openId
  { baseUrl, openId: () => 1 },
  // @ts-expect-error a header is a string
  { baseUrl, header: { retries: 3 } },
  // @ts-expect-error the answer is an object with `data`
  { baseUrl, findCustomerPopTemplate: () => ['a'] },
  // @ts-expect-error ids are a list
  { baseUrl, readTemplates: () => 'a' },
  // @ts-expect-error a promise would cost the tap
  { baseUrl, readTemplates: async () => ['a'] },
  // @ts-expect-error milliseconds are a number
  { baseUrl, requestTimeoutMs: '5s' },
  // @ts-expect-error a scene is a string
  { baseUrl, triggers: { 10: 10 } },
  // @ts-expect-error without an openId a report may lack it
  { baseUrl, popSubscribeResult: ({ openId }) => openId.length },
];

export const settled: Promise<string | void> = setup({ baseUrl }).catch(
  (error: SetupError) => error.kind,
);
