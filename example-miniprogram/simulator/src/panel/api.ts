// The calls of the panel: to the back end through the simulator's server, and
// to the phone's WeChat.
import type { CompiledMiniprogram, ServiceNotification, TemplateInfo } from '../shared/phone';

/** An event in the shop, for which the back end sends a message. */
export const OCCASIONS = ['priceDrop', 'shipped', 'refunded'] as const;
export type Occasion = (typeof OCCASIONS)[number];

/** `sending`: a message is being sent. `unknown`: it is not known whether it went out. */
export type GrantState = 'open' | 'sending' | 'spent' | 'void' | 'unknown';
export type MessageStatus = 'pending' | 'sending' | 'sent' | 'failed' | 'unknown';

/** The right to send one message. */
export interface Grant {
  id: number;
  templateId: string;
  title: string | null;
  busNo: string;
  state: GrantState;
  grantedAt: string;
  spentAt: string | null;
}

/** A message that the back end sent, or tried to. */
export interface Message {
  id: number;
  templateId: string;
  title: string | null;
  busNo: string;
  occasion: string;
  status: MessageStatus;
  errcode: number | null;
  errmsg: string | null;
  createdAt: string;
}

/** A user's answer to a popup. */
export interface Answer {
  id: number;
  busNo: string;
  agreeTemplateIds: string[];
  rejectTemplateIds: string[];
  createdAt: string;
}

/** Everything that the back end has stored for one user. */
export interface Held {
  grants: Grant[];
  messages: Message[];
  answers: Answer[];
}

/** The result of an order to send a message. */
export type Sent =
  | { status: 'sent'; message: Message }
  | { status: 'noGrant'; templateId: string; title: string }
  | { status: 'failed' | 'unknown'; message: Message; error: unknown };

/** A call of the back end to WeChat's server. */
export interface WechatCall {
  path: string;
  sent: unknown;
  answer: { errcode?: number; errmsg?: string };
}

async function answerOf<T>(response: Response): Promise<T> {
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

async function read<T>(path: string): Promise<T> {
  return answerOf(await fetch(path));
}

const post = (path: string, body: unknown): Promise<Response> =>
  fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

export const readMiniprogram = (): Promise<CompiledMiniprogram> => read('/miniprogram.json');

export async function readTemplates(): Promise<TemplateInfo[]> {
  const { data } = await read<{ data: Omit<TemplateInfo, 'kind'>[] }>('/backend/templates');
  return data.map((template) => ({ ...template, kind: 'once' }));
}

export async function readHeld(openId: string): Promise<Held> {
  const list = async <T>(name: string): Promise<T[]> => {
    const { data } = await read<{ data: T[] }>(
      `/backend/${name}?openId=${encodeURIComponent(openId)}`,
    );
    return data;
  };
  const [grants, messages, answers] = await Promise.all([
    list<Grant>('grants'),
    list<Message>('messages'),
    list<Answer>('subscriptions'),
  ]);
  return { grants, messages, answers };
}

export async function sendMessage(openId: string, occasion: Occasion): Promise<Sent> {
  return answerOf(await post('/backend/sendMessage', { openId, occasion }));
}

/** Tells WeChat what the user answered to a popup. */
export const tellAnswers = (openId: string, answers: unknown): Promise<Response> =>
  post('/phone/answers', { openId, answers });

/** Tells WeChat how the user set the main switch. */
export const tellMainSwitch = (openId: string, mainSwitch: boolean): Promise<Response> =>
  post('/phone/settings', { openId, mainSwitch });

/** Makes the next message to the user fail at WeChat. */
export const tellFailure = (openId: string, errcode: number | null): Promise<Response> =>
  post('/phone/failure', { openId, errcode });

/** Listens to the events of WeChat's server for the user. @returns a function that stops listening */
export function listenToWechat(
  openId: string,
  on: { arrival(message: ServiceNotification): void; call(call: WechatCall): void },
): () => void {
  const source = new EventSource(`/phone/wechat?openId=${encodeURIComponent(openId)}`);
  source.addEventListener('arrival', ({ data }) =>
    on.arrival({ ...JSON.parse(data), at: Date.now() }),
  );
  source.addEventListener('call', ({ data }) => on.call(JSON.parse(data)));
  return () => source.close();
}
