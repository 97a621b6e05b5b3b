// The chat page. Its states, shown in body[data-state]:
//
// entering --join--> connecting --welcome--> connected --lost--> waiting --back, or welcomed again--> connected
//     ^                  \--lost--> waiting       \--over--> closed --connect now--> connecting
//     \--leave, from anywhere
//
// The connection is a WsSession (session.js). It reconnects by itself; no message is lost or sent twice, unless the server lost the
// session, which the page then shows. Samples/Chat.cs documents the protocol. Names and texts are untrusted: they enter the page as text
// nodes and attributes only, never as HTML.
'use strict';

const MaxEntries = 500;
const MaxNameLength = 32;

// Messages of one person within this time (milliseconds) share one name line.
const GroupWithin = 180_000;

// Sentences for close codes whose reason is not meant for people.
const CloseSentences = { 1000: 'the server ended your session', 4409: 'you continued in another tab or window' };

const $ = id => document.getElementById(id);
const page = {
  entrance: $('entrance'), joinForm: $('join-form'), room: $('room'), name: $('name'),
  chat: $('chat'), roomTitle: $('room-title'), state: $('state'), node: $('node'), countdown: $('countdown'),
  retry: $('retry'), leave: $('leave'),
  peopleToggle: $('people-toggle'), peopleCount: $('people-count'), peoplePanel: $('people-panel'), people: $('people'),
  log: $('log'), newer: $('newer'), sayForm: $('say-form'), text: $('text'), send: $('send'),
};

let room = '';           // the current room; empty while entering
let requestedName = '';  // the name that the user entered
let me = '';             // the name that the room assigned
let currentNode = '';    // the node that has the socket; empty until the server names it
let here = new Set();    // the names in the room, including our own
let session = null;      // the current session; events of others are ignored
let sessionStart = null; // set until the first welcome of a session: 'new', or false for a session that replaces a lost one
let pending = [];        // sent messages that the room has not echoed yet, in order; they are at the end of the log
let isResuming = false;  // the session was resumed, and missed messages are still arriving
let following = true;    // the reader is at the end of the log
let pressed = false;     // a pointer is down in the log: the log must not scroll, or the click would miss its target
let welcomes = 0;        // the number of welcomes in this room
let timer = 0;           // the countdown to the next attempt

// Values that the browser stores. The tab's own storage takes precedence, so that two tabs can be two people. Storage may be forbidden.
const memory = {
  get(key) {
    try { return sessionStorage.getItem(`chat.${key}`) ?? localStorage.getItem(`chat.${key}`) ?? ''; } catch { return ''; }
  },
  set(key, value) {
    try {
      sessionStorage.setItem(`chat.${key}`, value);
      localStorage.setItem(`chat.${key}`, value);
    } catch { /* the chat works without it */ }
  },
};

// Identifies the tab, so that a reload or a change of network is the same person to the room. crypto.randomUUID is missing on plain http.
const tab = (() => {
  const fresh = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('');
  try { return sessionStorage['chat.tab'] ??= fresh(); } catch { return fresh(); }
})();

// --- the connection ---

function address() {
  // Relative to the page, so that a proxy's path prefix is kept.
  const url = new URL(`chat/${encodeURIComponent(room)}`, location.href);
  url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  url.search = `?name=${encodeURIComponent(requestedName)}&tab=${tab}`;
  url.hash = '';
  return url;
}

function connect() {
  endSession();
  show('connecting', 'Connecting…');
  const mine = session = new WsSession(address());
  const on = (type, action) => mine.addEventListener(type, event => { if (session === mine) { action(event); } });
  on('open', event => opened(event.detail.recovered));
  on('message', event => receive(event.data));
  on('away', event => wait(event.detail.delay));
  on('dial', dialling);
  on('reset', event => markUnsure(event.detail.messages.length));
  on('close', event => ended(event.code, event.reason));
}

function opened(recovered) {
  stopCountdown();
  isResuming = recovered === true;
  if (!isResuming) {
    sessionStart = recovered; // the welcome follows
  } else if (welcomes > 0 && sessionStart === null) {
    showConnected('');  // the node's name follows behind the missed messages
  }
}

function wait(delay) {
  const until = Date.now() + delay;
  show('waiting', welcomes > 0 ? 'Connection lost. Your messages are sent when it is back.' : 'No connection.');
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
  markUnsure(pending.length);
  show('closed', `Closed: ${CloseSentences[code] ?? (reason || 'the server ended the connection')} (${code})`);
}

function stopCountdown() { clearTimeout(timer); }

// CloseSentences the session, here and on the server.
function endSession() {
  stopCountdown();
  const old = session;
  session = sessionStart = null;
  old?.close();
}

// --- messages of the server ---

function receive(data) {
  const message = JSON.parse(data);
  switch (message.type) {
    case 'welcome': welcomed(message); break;
    case 'served': served(message); break;
    case 'joined': here.add(message.name); showPeople(); notice(`${message.name} joined`, 'joined', message.name); break;
    case 'left': here.delete(message.name); showPeople(); notice(`${message.name} left`, 'left', message.name); break;
    case 'renamed': renamed(message); break;
    case 'said': said(message); break;
    default: break; // a newer server may have more types
  }
}

function welcomed({ name, here: names, node }) {
  const again = welcomes++ > 0;
  const sentence = !again ? `You are in #${room} as ${name}`
    : sessionStart === 'new' ? `You are back as ${name}; messages in between are not shown`
    : sessionStart === false ? `The server lost your session. You are back as ${name}; messages in between are not shown`
    : `Your session has moved. You are still here as ${name}; a message of that moment may be missing`;
  notice(sentence, sessionStart === false ? 'lost' : 'welcome', name);
  sessionStart = null;
  isResuming = false;
  me = name;
  here = new Set(names);
  showConnected(node ?? currentNode);
  showPeople();
}

// After a resume this arrives behind all missed messages.
function served({ node }) {
  if (isResuming) { notice(`You are back, on ${node}; nothing was missed`, 'back', me); }
  isResuming = false;
  showConnected(node);
}

function renamed({ name }) {
  me = name;
  here.add(name);
  showConnected(currentNode);
  showPeople();
  notice(`The name ${requestedName} was taken; your name is ${me} now`, 'renamed', me);
}

function said({ name, text, at }) {
  const own = name === me;
  if (own) { removePending(text); }
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
  if (!text || page.send.disabled) { return; } // the draft is kept
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

// The room has echoed a message. It has received all earlier ones as well.
function removePending(text) {
  const index = pending.findIndex(message => message.text === text);
  for (const { entry } of pending.splice(0, index + 1)) { entry.remove(); }
}

// Whether the room received the last pending messages is unknown. It received the others.
function markUnsure(count) {
  const unsure = pending.slice(Math.max(0, pending.length - count));
  for (const { entry } of pending.splice(0)) { entry.dataset.kind = 'said'; entry.querySelector('time').textContent = ''; }
  for (const { text, entry } of unsure) {
    entry.dataset.kind = 'unsure';
    const question = element('p', 'question');
    const again = element('button', 'small');
    again.type = 'button';
    again.textContent = 'Send again';
    again.addEventListener('click', () => { if (!page.send.disabled) { entry.remove(); speak(text); } });
    question.append('This message may not have arrived. ', again);
    entry.append(question);
  }
}

// --- the page ---

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
  currentNode = node;
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

// The entry of a message; the caller fills in its time.
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

// Scrolls to the end, unless the reader has scrolled up. A visible question with a button must not scroll out of sight before it is
// clicked. The scrolling stops 8 px before the question would reach the edge: browsers round scroll positions.
function follow() {
  const top = page.log.getBoundingClientRect().top;
  const rest = page.log.scrollHeight - page.log.clientHeight - page.log.scrollTop;
  const questions = [...page.log.querySelectorAll('[data-kind=unsure]')];
  const question = questions.map(entry => entry.getBoundingClientRect().top - top).find(below => below >= 0);
  const distance = question === undefined ? rest : Math.max(0, question - 8);
  if (following && distance >= rest) {
    toEnd();
  } else {
    if (following) { page.log.scrollTop += distance; }
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

// A person's colour: the FNV-1a hash of the name, the same on every screen.
function hue(name) {
  let hash = 0x811c9dc5;
  for (const letter of name) { hash = Math.imul(hash ^ letter.codePointAt(0), 0x01000193); }
  return (hash >>> 0) % 24 * 15;
}

// --- entering and leaving a room ---

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

  [room, requestedName] = [newRoom, newName];
  memory.set('room', room);
  memory.set('name', requestedName);
  page.roomTitle.textContent = room;
  if (roomInAddress() !== room) { history.replaceState(null, '', `#${encodeURIComponent(room)}`); }
  connect();
  if (matchMedia('(hover: hover)').matches) { page.text.focus(); } // on a phone, focus would open the keyboard
}

function leave() {
  endSession();
  room = '';
  showPanel(false);
  show('entering', '');
  history.replaceState(null, '', location.pathname + location.search);
  page.room.focus();
}

page.joinForm.addEventListener('submit', event => {
  event.preventDefault();
  const chosen = clean(page.room.value);
  // A URL cannot have these two as a path segment, not even encoded.
  page.room.setCustomValidity(!chosen || chosen === '.' || chosen === '..' ? 'Please choose another room name.' : '');
  if (page.room.reportValidity()) { enter(chosen, clean(page.name.value)); }
});
page.room.addEventListener('input', () => page.room.setCustomValidity(''));

page.sayForm.addEventListener('submit', event => { event.preventDefault(); say(); page.text.focus(); });
page.text.addEventListener('input', fitText);
page.text.addEventListener('keydown', event => {
  // During input-method composition, Enter selects a word.
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) { event.preventDefault(); say(); }
});

page.retry.addEventListener('click', () => {
  if (session.state === 'closed') { connect(); } else { session.retry(); }
  page.text.focus();
});
page.leave.addEventListener('click', leave);
page.newer.addEventListener('click', () => { toEnd(); page.log.focus(); });
page.log.addEventListener('scroll', () => {
  following = page.log.scrollHeight - page.log.scrollTop - page.log.clientHeight < 60;
  if (following) { page.newer.hidden = true; }
}, { passive: true });
page.log.addEventListener('pointerdown', () => { pressed = true; });
for (const type of ['pointerup', 'pointercancel']) {
  addEventListener(type, () => {
    if (pressed) { setTimeout(() => { pressed = false; follow(); }); } // after the click
  });
}
page.peopleToggle.addEventListener('click', () => showPanel(!page.peoplePanel.classList.contains('open')));

// An on-screen keyboard or a long draft shrinks the log: keep its end visible.
new ResizeObserver(() => { if (following) { follow(); } }).observe(page.log);
addEventListener('hashchange', () => {
  const linked = roomInAddress();
  if (linked && linked !== room) {
    page.room.value = linked;
    if (room) { enter(linked, requestedName); }
  }
});

// A reload, or a link opened by a returning user, enters the room at once; else the form is shown.
page.room.value = roomInAddress() || memory.get('room') || 'lobby';
page.name.value = memory.get('name');
if (roomInAddress() && memory.get('room')) {
  enter(roomInAddress(), clean(page.name.value));
} else {
  (page.room.value ? page.name : page.room).focus();
}
