// A session with the echo through Node's ws, compressed in both directions with the window of the second argument. Prints one line a fact.
'use strict';

const assert = require('assert');
const crypto = require('crypto');
const WebSocket = require('ws');

const windowBits = Number(process.argv[3]);
const client = new WebSocket(process.argv[2], {
  perMessageDeflate: { serverMaxWindowBits: windowBits, clientMaxWindowBits: windowBits, threshold: 0 },
});
const messages = [
  Buffer.alloc(0),
  Buffer.from('grüße'),
  Buffer.from(JSON.stringify(Array.from({ length: 300 }, (_, i) => ({ id: (i * 7919) % 1000, name: `user ${i}` })))),
  Buffer.alloc(60_000, 7),
  crypto.randomBytes(50_000),
  Buffer.from(JSON.stringify(Array.from({ length: 300 }, (_, i) => ({ id: (i * 7919) % 1000, name: `user ${i}` })))),
];
const total = messages.reduce((sum, message) => sum + message.length, 0);
let received = 0;
let echoed = 0;

client.on('upgrade', (response) => response.socket.on('data', (chunk) => { received += chunk.length; }));
client.on('open', () => { console.log('open', client.extensions); client.send(messages[0]); });
client.on('message', (data) => {
  assert(data.equals(messages[echoed]), `message ${echoed} came back changed`);
  echoed += 1;
  if (echoed < messages.length) {
    client.send(messages[echoed]);
  } else {
    console.log(`echoed ${echoed}, ${received < total / 2 ? 'most of them' : 'not'} shorter on the wire`);
    client.close(1000);
  }
});
client.on('close', (code) => { console.log('close', code); });
client.on('error', (error) => { console.log('error', error.message); process.exitCode = 1; });
