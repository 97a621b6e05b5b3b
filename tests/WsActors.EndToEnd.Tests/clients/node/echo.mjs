// Sends numbered messages to an echo by a session, and checks that each comes back once and in order.
import { WsSession } from '../../../../src/wsactors-session/session.js';

const Count = 300;
const pause = time => new Promise(done => setTimeout(done, time));

export async function echo(url, options) {
  const session = new WsSession(url, options);
  const recovered = [];
  session.addEventListener('open', ({ detail }) => recovered.push(detail.recovered));
  await session.opened;
  send(session);
  let count = 0;
  let isInOrder = true;
  for await (const data of session) {
    const text = typeof data === 'string' ? data : new TextDecoder().decode(data);
    isInOrder &&= text === `${count}` && (typeof data === 'string') === isText(count);
    if (++count === Count) { pause(50).then(() => session.close()); } // a repeated one would come meanwhile
  }
  const { code } = await session.closed;
  return { count, isInOrder, recovered, code };
}

async function send(session) {
  for (let i = 0; i < Count; i++) {
    session.send(isText(i) ? `${i}` : new TextEncoder().encode(`${i}`));
    if (i % 5 === 4) { await pause(2); }
  }
}

function isText(index) { return index % 10 !== 9; }
