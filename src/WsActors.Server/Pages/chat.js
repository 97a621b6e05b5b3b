// The chat page. Its states, shown in body[data-state]:
//
// entering --join--> connecting --welcome--> connected --lost--> waiting --back, or welcomed again--> connected
//     ^                  \--lost--> waiting       \--over--> closed --connect now--> connecting
//     \--leave, from anywhere
//
// Its connection is a WsSession (session.js): that comes back by itself, and nothing is lost or said twice, or it says that the server lost it.
// What goes over the wire is documented in Samples/Chat.cs. Names and texts come from strangers: they reach the page as
// text nodes and attributes only, never as HTML.
'use strict';

const MaxEntries = 500;
const MaxNameLength = 32;

// Messages of one person this close together share one name line.
const GroupWithin = 180_000;

// Why it is over, where the server's reason is not for people.
const Ends = { 1000: 'the server ended your session', 4409: 'you went on in another tab or window' };

const $ = id => document.getElementById(id);
const page = {
  entrance: $('entrance'), joinForm: $('join-form'), room: $('room'), name: $('name'),
  chat: $('chat'), roomTitle: $('room-title'), state: $('state'), node: $('node'), countdown: $('countdown'), retry: $('retry'), leave: $('leave'),
  peopleToggle: $('people-toggle'), peopleCount: $('people-count'), peoplePanel: $('people-panel'), people: $('people'),
  log: $('log'), newer: $('newer'), sayForm: $('say-form'), text: $('text'), send: $('send'),
};

let room = '';        // where we are or want to be; empty while entering
let wanted = '';      // the name that was asked for
let me = '';          // the name that the room gave us
let servedBy = '';    // the node that has our socket; empty until it is told
let here = new Set(); // everyone's names, ours included
let session = null;   // the one whose events count
let begins = null;    // how it began when the next welcome is its first: 'new', or false for one in place of one that was lost
let pending = [];     // what we said and have not heard ourselves say, in order, at the end of the log
let returns = false;  // whether we came back to our session, and what we missed is still coming
let following = true; // whether the reader is at the end of the log
let pressed = false;  // whether a pointer is down in the log: what is under it stays, or the click would be lost
let welcomes = 0;     // how often this room has welcomed us
let timer = 0;        // the countdown to the next attempt

// What the browser remembers. The tab's own memory comes first, so that two tabs can be two people; storage may be forbidden.
const memory = {
  get(key) {
    try { return sessionStorage.getItem(`chat.${key}`) ?? localStorage.getItem(`chat.${key}`) ?? ''; } catch { return ''; }
  },
  set(key, value) {
    try { sessionStorage.setItem(`chat.${key}`, value); localStorage.setItem(`chat.${key}`, value); } catch { /* it is a convenience */ }
  },
};

// What makes a reload, or a change of network, the same person to the room. Not crypto.randomUUID: plain http has none.
const tab = (() => {
  const fresh = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('');
  try { return sessionStorage['chat.tab'] ??= fresh(); } catch { return fresh(); }
})();

// --- the connection ---

function address() {
  // Relative to the page: whatever prefix a proxy serves it under stays in front.
  const url = new URL(`chat/${encodeURIComponent(room)}`, location.href);
  url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  url.search = `?name=${encodeURIComponent(wanted)}&tab=${tab}`;
  url.hash = '';
  return url;
}

function connect() {
  drop();
  show('connecting', 'Connecting…');
  const mine = session = new WsSession(address());
  const on = (type, action) => mine.addEventListener(type, event => { if (session === mine) { action(event); } });
  on('open', event => opened(event.detail.recovered));
  on('message', event => receive(event.data));
  on('away', event => wait(event.detail.delay));
  on('dial', dialling);
  on('reset', event => doubt(event.detail.messages.length));
  on('close', event => ended(event.code, event.reason));
}

function opened(recovered) {
  stopCountdown();
  returns = recovered === true;
  if (!returns) {
    begins = recovered; // and the welcome follows
  } else if (welcomes > 0 && begins === null) {
    showConnected('');  // which node it is follows, behind what we missed
  }
}

function wait(delay) {
  const until = Date.now() + delay;
  show('waiting', welcomes > 0 ? 'Connection lost. What you say is sent when it is back.' : 'No connection.');
  const tick = () => {
    const left = until - Date.now();
    page.countdown.textContent = `Next attempt in ${Math.max(1, Math.ceil(left / 1000))} s`;
    if (left > 0) { timer = setTimeout(tick, Math.min(left, left % 1000 || 1000)); }
  };
  tick();
}

function dialling() {
  stopCountdown();
  page.retry.hidden = true;
  page.countdown.textContent = 'Connecting…';
}

function ended(code, reason) {
  stopCountdown();
  doubt(pending.length);
  show('closed', `Closed: ${Ends[code] ?? (reason || 'the server ended the connection')} (${code})`);
}

function stopCountdown() { clearTimeout(timer); }

// Ends the session, here and on the server.
function drop() {
  stopCountdown();
  const old = session;
  session = begins = null;
  old?.close();
}

// --- what the room tells ---

function receive(data) {
  const message = JSON.parse(data);
  switch (message.type) {
    case 'welcome': welcomed(message); break;
    case 'served': served(message); break;
    case 'joined': here.add(message.name); showPeople(); notice(`${message.name} joined`, 'joined', message.name); break;
    case 'left': here.delete(message.name); showPeople(); notice(`${message.name} left`, 'left', message.name); break;
    case 'renamed': renamed(message); break;
    case 'said': said(message); break;
    default: break; // a newer server may tell more
  }
}

function welcomed({ name, here: names, node }) {
  const again = welcomes++ > 0;
  const sentence = !again ? `You are in #${room} as ${name}`
    : begins === 'new' ? `You are back as ${name}; what was said meanwhile is not shown`
    : begins === false ? `The server lost your session. You are back as ${name}; what was said meanwhile is not shown`
    : `Your session has moved. You are still here as ${name}; a line of that moment may be missing`;
  notice(sentence, begins === false ? 'lost' : 'welcome', name);
  begins = null;
  returns = false;
  me = name;
  here = new Set(names);
  showConnected(node ?? servedBy);
  showPeople();
}

// Where we came back, this is behind all that we missed.
function served({ node }) {
  if (returns) { notice(`You are back, on ${node}; nothing was missed`, 'back', me); }
  returns = false;
  showConnected(node);
}

function renamed({ name }) {
  me = name;
  here.add(name);
  showConnected(servedBy);
  showPeople();
  notice(`Someone was ${wanted} before you; you are ${me} now`, 'renamed', me);
}

function said({ name, text, at }) {
  const own = name === me;
  if (own) { settle(text); }
  const entry = line(name, text, own);
  entry.dataset.at = at;
  const date = new Date(at);
  const time = entry.querySelector('time');
  time.dateTime = date.toISOString();
  time.title = date.toLocaleString();
  time.textContent = date.toLocaleTimeString([], { timeStyle: 'short' });
  group(entry, pending[0] ? pending[0].entry.previousElementSibling : page.log.lastElementChild);
  add(entry, own);
}

function say() {
  const text = page.text.value.trim();
  if (!text || page.send.disabled) { return; } // the draft stays for later
  page.text.value = '';
  fitText();
  speak(text);
}

function speak(text) {
  const entry = line(me, text, true);
  Object.assign(entry.dataset, { kind: 'pending', at: Date.now() });
  entry.querySelector('time').textContent = 'sending…';
  group(entry, page.log.lastElementChild);
  add(entry, true, null);
  pending.push({ text, entry });
  session.send(JSON.stringify({ type: 'say', text }));
}

// The room has heard us: what we said before that, it has heard, too.
function settle(text) {
  const index = pending.findIndex(one => one.text === text);
  for (const { entry } of pending.splice(0, index + 1)) { entry.remove(); }
}

// Nobody can tell whether the last ones of what is pending were heard. The others were.
function doubt(count) {
  const unsure = pending.slice(Math.max(0, pending.length - count));
  for (const { entry } of pending.splice(0)) { entry.dataset.kind = 'said'; entry.querySelector('time').textContent = ''; }
  for (const { text, entry } of unsure) {
    entry.dataset.kind = 'unsure';
    const question = element('p', 'question');
    const again = element('button', 'small');
    again.type = 'button';
    again.textContent = 'Say it again';
    again.addEventListener('click', () => { if (!page.send.disabled) { entry.remove(); speak(text); } });
    question.append('It may not have been heard. ', again);
    entry.append(question);
  }
}

// --- what the page shows ---

function show(state, sentence) {
  document.body.dataset.state = state;
  page.state.textContent = sentence; // read out by screen readers; the countdown, each second, is not
  page.node.hidden = true;
  page.countdown.textContent = '';
  page.entrance.hidden = state !== 'entering';
  page.chat.hidden = state === 'entering';
  page.retry.hidden = state !== 'waiting' && state !== 'closed';
  page.send.disabled = welcomes === 0 || (state !== 'connected' && state !== 'waiting');
  document.title = state === 'entering' ? 'WsActors chat' : `#${room} · WsActors chat`;
}

function showConnected(node) {
  servedBy = node;
  show('connected', `Connected as ${me}`);
  page.node.textContent = node;
  page.node.hidden = !node;
}

function showPeople() {
  const names = [...here].sort((a, b) => a.localeCompare(b));
  page.people.replaceChildren(...names.map(name => {
    const item = element('li', name === me ? 'own' : '', { name, initial: [...name][0].toUpperCase() });
    item.style.setProperty('--hue', hue(name));
    item.textContent = name;
    return item;
  }));
  page.peopleCount.textContent = names.length;
}

// What someone said, and when, which is to be filled in.
function line(name, text, own) {
  const entry = element('div', 'entry message', { kind: 'said', name });
  entry.classList.toggle('own', own);
  entry.style.setProperty('--hue', hue(name));
  const author = element('p', 'author');
  author.textContent = name;
  const bubble = element('div', 'bubble');
  const words = element('span', 'said');
  words.textContent = text;
  bubble.append(words, element('time'));
  entry.append(author, bubble);
  return entry;
}

function group(entry, last) {
  const isLine = last?.dataset.kind === 'said' || last?.dataset.kind === 'pending';
  entry.classList.toggle('follows', isLine && last.dataset.name === entry.dataset.name && entry.dataset.at - last.dataset.at < GroupWithin);
}

function notice(text, kind, name) {
  const entry = element('p', 'entry notice', { kind, name });
  entry.textContent = text;
  add(entry, false);
}

function add(entry, mine, before = pending[0]?.entry ?? null) {
  page.log.insertBefore(entry, before);
  while (page.log.childElementCount > MaxEntries) { page.log.firstElementChild.remove(); }
  if (pressed) { return; } // until the pointer is up
  if (mine) { toEnd(); } else { follow(); }
}

// Follows the talk, unless the reader has scrolled up to read, and no further than a question in sight: that is not to run away from the hand.
// Such a question stops a little below the edge, where it stays in sight whatever a browser rounds a scroll position to.
function follow() {
  const top = page.log.getBoundingClientRect().top;
  const rest = page.log.scrollHeight - page.log.clientHeight - page.log.scrollTop;
  const question = [...page.log.querySelectorAll('[data-kind=unsure]')].map(entry => entry.getBoundingClientRect().top - top).find(below => below >= 0);
  const room = question === undefined ? rest : Math.max(0, question - 8);
  if (following && room >= rest) {
    toEnd();
  } else {
    if (following) { page.log.scrollTop += room; }
    following = false;
    page.newer.hidden = false;
  }
}

function toEnd() {
  following = true;
  page.log.scrollTop = page.log.scrollHeight;
  page.newer.hidden = true;
}

// For browsers without field-sizing.
function fitText() {
  if (!CSS.supports('field-sizing', 'content')) {
    page.text.style.height = 'auto';
    page.text.style.height = `${page.text.scrollHeight + 2}px`;
  }
}

function showPanel(open) {
  page.peoplePanel.classList.toggle('open', open);
  page.peopleToggle.setAttribute('aria-expanded', open);
}

function element(tag, className = '', data = {}) {
  const made = document.createElement(tag);
  made.className = className;
  Object.assign(made.dataset, data);
  return made;
}

// A person's colour, the same on every screen: FNV-1a over the name.
function hue(name) {
  let hash = 0x811c9dc5;
  for (const letter of name) { hash = Math.imul(hash ^ letter.codePointAt(0), 0x01000193); }
  return (hash >>> 0) % 24 * 15;
}

// --- in and out of a room ---

function clean(name) { return name.replace(/\s+/g, ' ').trim().slice(0, MaxNameLength); }

function roomInAddress() {
  try { return clean(decodeURIComponent(location.hash.slice(1))); } catch { return ''; }
}

function enter(newRoom, newName) {
  if (newRoom !== room) {
    page.log.replaceChildren();
    here.clear();
    pending = [];
    welcomes = 0;
    showPeople();
  }

  [room, wanted] = [newRoom, newName];
  memory.set('room', room);
  memory.set('name', wanted);
  page.roomTitle.textContent = room;
  if (roomInAddress() !== room) { history.replaceState(null, '', `#${encodeURIComponent(room)}`); }
  connect();
  if (matchMedia('(hover: hover)').matches) { page.text.focus(); } // on a phone it would raise the keyboard unasked
}

function leave() {
  drop();
  room = '';
  showPanel(false);
  show('entering', '');
  history.replaceState(null, '', location.pathname + location.search);
  page.room.focus();
}

page.joinForm.addEventListener('submit', event => {
  event.preventDefault();
  const chosen = clean(page.room.value);
  // An address cannot carry these two as a segment, not even encoded.
  page.room.setCustomValidity(!chosen || chosen === '.' || chosen === '..' ? 'Please choose another room name.' : '');
  if (page.room.reportValidity()) { enter(chosen, clean(page.name.value)); }
});
page.room.addEventListener('input', () => page.room.setCustomValidity(''));

page.sayForm.addEventListener('submit', event => { event.preventDefault(); say(); page.text.focus(); });
page.text.addEventListener('input', fitText);
page.text.addEventListener('keydown', event => {
  // While an input method composes, Enter chooses a word.
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) { event.preventDefault(); say(); }
});

page.retry.addEventListener('click', () => { if (session.state === 'closed') { connect(); } else { session.retry(); } page.text.focus(); });
page.leave.addEventListener('click', leave);
page.newer.addEventListener('click', () => { toEnd(); page.log.focus(); });
page.log.addEventListener('scroll', () => {
  following = page.log.scrollHeight - page.log.scrollTop - page.log.clientHeight < 60;
  if (following) { page.newer.hidden = true; }
}, { passive: true });
page.log.addEventListener('pointerdown', () => { pressed = true; });
for (const type of ['pointerup', 'pointercancel']) {
  addEventListener(type, () => {
    if (pressed) { setTimeout(() => { pressed = false; follow(); }); } // behind the click
  });
}
page.peopleToggle.addEventListener('click', () => showPanel(!page.peoplePanel.classList.contains('open')));

// A keyboard that slides in, or a long draft, takes its room from the log: keep the end in sight.
new ResizeObserver(() => { if (following) { follow(); } }).observe(page.log);
addEventListener('hashchange', () => {
  const linked = roomInAddress();
  if (linked && linked !== room) {
    page.room.value = linked;
    if (room) { enter(linked, wanted); }
  }
});

// A reload, or a link to someone who has been here before, goes straight in; else the form asks.
page.room.value = roomInAddress() || memory.get('room') || 'lobby';
page.name.value = memory.get('name');
if (roomInAddress() && memory.get('room')) {
  enter(roomInAddress(), clean(page.name.value));
} else {
  (page.room.value ? page.name : page.room).focus();
}
