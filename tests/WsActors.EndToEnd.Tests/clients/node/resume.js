// A session in a room of the chat through Node's ws, written by src/WsActors/Sessions/README.md: it sends lines while its sockets break,
// and gets each of its own lines. Prints one line a fact.
'use strict';

const WebSocket = require('ws');

const Breaks = 5;
const Burst = 10;

let name = '';         // token and epoch of the last welcome
let received = 0;      // the last message that it has
let offset = 0;        // the last message that it sent
let unacknowledged = [];
let socket = null;
let isOpen = false;
let said = 0;
const recovered = [];
const heard = [];

function connect() {
  isOpen = false;
  socket = new WebSocket(process.argv[2], ['wsactors.session.v1'], { perMessageDeflate: false });
  socket.on('open', () => socket.send(name ? `hello ${name} ${received}` : 'hello'));
  socket.on('message', data => read(data.toString()));
  socket.on('close', code => { if (code === 1000) { finish(); } else { connect(); say(Burst); } });
  socket.on('error', error => { console.log('error', error.message); process.exitCode = 1; });
}

function read(frame) {
  const [word, ...fields] = frame.split('\n', 1)[0].split(' ');
  switch (word) {
    case 'welcome':
      name = `${fields[0]} ${fields[1]}`;
      recovered.push(fields[2]);
      settle(Number(fields[3]));
      isOpen = true;
      unacknowledged.forEach(send);
      say(Burst);
      if (recovered.length <= Breaks) { socket.terminate(); } // before the message is sent, or while it is answered
      break;
    case 'message':
      if (Number(fields[0]) !== received + 1) { console.log('out of order', fields[0], received); }
      received = Number(fields[0]);
      socket.send(`ack ${received}`);
      hear(JSON.parse(frame.slice(frame.indexOf('\n') + 1)));
      break;
    case 'ack': settle(Number(fields[0])); closeWhenAllIsHeard(); break;
    default: console.log('what is', word); break;
  }
}

function say(count) {
  for (let i = 0; i < count; i++) {
    const message = { offset: ++offset, text: JSON.stringify({ type: 'say', text: `${said++}` }) };
    unacknowledged.push(message);
    if (isOpen) { send(message); }
  }
}

function send({ offset: number, text }) { socket.send(`message ${number}\n${text}`); }

function settle(last) { unacknowledged = unacknowledged.filter(message => message.offset > last); }

function hear({ type, text }) {
  if (type === 'said') { heard.push(text); }
  closeWhenAllIsHeard();
}

function closeWhenAllIsHeard() {
  if (recovered.length > Breaks && heard.length === said && unacknowledged.length === 0) { socket.close(1000); }
}

function finish() {
  console.log('recovered', recovered.join(' '));
  console.log('heard', heard.length === said && heard.every((text, index) => text === `${index}`), heard.length);
}

connect();
