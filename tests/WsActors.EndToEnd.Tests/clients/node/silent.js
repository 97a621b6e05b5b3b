// session.js and the real program, over a network that fails silently under the open socket: the page wakes, and its messages arrive over
// another connection. Argument: the port of the program. Prints the page's events.
'use strict';

const net = require('net');
const vm = require('vm');

const [, , port] = process.argv;
const page = new EventTarget();
const connections = [];

// Relays both directions, until a connection is silenced: then it stays open, and delivers nothing.
const network = net.createServer(client => {
  const server = net.connect(port, '127.0.0.1');
  const connection = { isSilent: false };
  connections.push(connection);
  for (const [from, to] of [[client, server], [server, client]]) {
    from.on('data', data => connection.isSilent || to.write(data));
    from.on('close', () => connection.isSilent || to.destroy());
    from.on('error', () => {});
  }
});

const told = (session, type) => new Promise(done => session.addEventListener(type, done, { once: true }));

async function main() {
  const listen = (type, action) => page.addEventListener(type, action);
  Object.assign(globalThis, {
    WebSocket: require('ws'),
    CloseEvent: class extends Event { constructor(type, fields) { super(type); Object.assign(this, fields); } },
    document: { visibilityState: 'visible', hidden: false, addEventListener: listen },
    location: { href: `http://127.0.0.1:${port}/` },
    addEventListener: listen,
  });
  const code = await (await fetch(`http://127.0.0.1:${port}/session.js`)).text();
  const WsSession = vm.runInThisContext(`${code}\nWsSession`);
  const session = new WsSession(`ws://127.0.0.1:${network.address().port}/echo`);
  session.addEventListener('open', ({ detail }) => console.log('open', detail.recovered));
  session.addEventListener('away', ({ detail }) => console.log('away', detail.code, detail.reason));
  session.addEventListener('message', ({ data }) => console.log('message', data));
  session.send('one');
  await told(session, 'message');

  connections.forEach(connection => { connection.isSilent = true; });
  page.dispatchEvent(new Event('visibilitychange'));
  session.send('two');
  await told(session, 'message');
  console.log('connections', connections.length);
  process.exit();
}

network.listen(0, '127.0.0.1', main);
