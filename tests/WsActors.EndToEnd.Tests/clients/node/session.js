// A session with the echo through Node's ws: text, binary, ping, subprotocol-free, a clean close. Prints one line a fact.
'use strict';

const WebSocket = require('ws');

const client = new WebSocket(process.argv[2], { perMessageDeflate: false });
const binary = Buffer.alloc(200_000, 7);
const steps = [
  () => client.send('grüße'),
  (data, isBinary) => { console.log('text', !isBinary, data.toString()); client.send(binary); },
  (data, isBinary) => { console.log('binary', isBinary, data.equals(binary)); client.ping('are you there?'); },
];

client.on('open', () => { console.log('open', client.protocol === ''); steps.shift()(); });
client.on('message', (data, isBinary) => steps.shift()(data, isBinary));
client.on('pong', (data) => { console.log('pong', data.toString()); client.close(4000, 'done'); });
client.on('close', (code) => { console.log('close', code); });
client.on('error', (error) => { console.log('error', error.message); process.exitCode = 1; });
