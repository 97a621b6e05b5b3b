// What the types of @wsactors/session admit; compiled, never run.
import { WsSession, type WsSessionData } from '@wsactors/session';

const session = new WsSession('wss://example.com/chat', {
  protocols: ['chat.v1'],
  token: async ({ signal }) => (await fetch('/token', { signal })).text(),
  storageKey: 'chat',
  signal: AbortSignal.timeout(1000),
});
new WsSession(() => new URL('wss://example.com/'), { protocols: () => 'chat.v1', storage: null, token: () => null });

session.addEventListener('open', ({ detail }) => { const recovered: 'new' | boolean = detail.recovered; return recovered; });
session.addEventListener('message', ({ data }) => { const copy: string | ArrayBuffer = data; return copy; }, { once: true });
session.addEventListener('away', ({ detail: { attempt, delay, code, reason, error } }) => [attempt + delay + code, reason.length, error]);
session.addEventListener('reset', ({ detail }) => detail.messages.forEach(message => session.send(message)));
session.addEventListener('close', ({ code, reason, wasClean }) => [code.toFixed(), reason.trim(), wasClean === true]);
session.addEventListener('dial', () => session.retry());
session.removeEventListener('dial', null);
session.send(new Uint8Array(2));
session.close(4000, 'done');

export async function read(): Promise<number> {
  const recovered: 'new' | boolean = await session.opened;
  for await (const data of session) { const each: WsSessionData = data; console.log(recovered, each); }
  return (await session.closed).code;
}

// @ts-expect-error: there is no such event
session.addEventListener('opne', () => {});
// @ts-expect-error: a message has no detail
session.addEventListener('message', ({ detail }) => detail);
// @ts-expect-error: a Blob cannot be sent in order
session.send(new Blob([]));
// @ts-expect-error: a fixed token expires
new WsSession('/chat', { token: 'fixed' });
// @ts-expect-error: set by the session
session.state = 'open';
