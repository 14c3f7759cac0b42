// The calls of the panel: to the back end through the simulator's server, and
// to the phone's WeChat.
import type { CompiledMiniprogram, TemplateInfo } from '../shared/phone';

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

/** What the phone tells WeChat, by path: answers to a popup, the main switch, and the failure of the next message. */
export interface Told {
  answers: { answers: unknown };
  settings: { mainSwitch: boolean };
  failure: { errcode: number | null };
}

/** What a server that is gone has not been told. */
const untold: (() => void)[] = [];

/** Tells WeChat; if its server is gone, once it is back. */
export function tellWechat<Path extends keyof Told>(
  path: Path,
  openId: string,
  told: Told[Path],
): void {
  post(`/phone/${path}`, { openId, ...told }).catch(() =>
    untold.push(() => tellWechat(path, openId, told)),
  );
}

export const tellAgain = (): void => untold.splice(0).forEach((tell) => tell());
