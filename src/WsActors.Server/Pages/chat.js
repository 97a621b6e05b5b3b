// The chat page. Its states, shown in body[data-state]:
//
// entering --join--> connecting --welcome--> connected --lost--> waiting --time, or back online--> connecting
//     ^                  \--lost--> waiting       \--closed for good--> closed --connect now--> connecting
//     \--leave, from anywhere
//
// What goes over the wire is documented in Samples/Chat.cs. Names and texts come from strangers: they reach the page as
// text nodes and attributes only, never as HTML.
'use strict';

const MaxEntries = 500;
const MaxNameLength = 32;
const ConnectTimeout = 15_000;

// Full jitter: everyone who lost the same server comes back spread over the whole window.
const BackoffBase = 500;
const BackoffCap = 30_000;

// A connection that lasted this long was a good one: the next loss begins with short waits again.
const Settled = 10_000;

// Messages of one person this close together share one name line.
const GroupWithin = 180_000;

// Going away, no close frame, restart, overload: it passes. All else stays as it is until someone acts: 1008 and the
// application's 44xx say no, 1000 says done, 1011 is a bug that would only meet us again, and again.
const ComesBack = new Set([1001, 1006, 1012, 1013]);

const $ = id => document.getElementById(id);
const page = {
  entrance: $('entrance'), joinForm: $('join-form'), room: $('room'), name: $('name'),
  chat: $('chat'), roomTitle: $('room-title'), state: $('state'), countdown: $('countdown'), retry: $('retry'), leave: $('leave'),
  peopleToggle: $('people-toggle'), peopleCount: $('people-count'), peoplePanel: $('people-panel'), people: $('people'),
  log: $('log'), newer: $('newer'), sayForm: $('say-form'), text: $('text'), send: $('send'),
};

let room = '';        // where we are or want to be; empty while entering
let wanted = '';      // the name that was asked for
let me = '';          // the name that the room gave us
let servedBy = '';    // the node that we are connected to
let here = new Set(); // everyone's names, ours included
let socket = null;    // the one whose events count
let attempt = 0;      // failed attempts since the last good connection
let connectedAt = 0;
let following = true; // whether the reader is at the end of the log
let welcomes = 0;     // how often this room has welcomed us
let timer = 0;        // the connect deadline, or the countdown to the next attempt

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
  const mine = socket = new WebSocket(address());
  const ifCurrent = action => event => { if (socket === mine) { action(event); } };
  mine.addEventListener('message', ifCurrent(event => receive(event.data)));
  mine.addEventListener('close', ifCurrent(event => lost(event.code, event.reason)));
  timer = setTimeout(() => lost(1006, ''), ConnectTimeout);
}

function lost(code, reason) {
  drop();
  if (connectedAt && Date.now() - connectedAt >= Settled) { attempt = 0; }
  connectedAt = 0;
  if (ComesBack.has(code)) {
    wait(Math.random() * Math.min(BackoffCap, BackoffBase * 2 ** attempt++));
  } else {
    show('closed', `Closed: ${reason || 'the server ended the connection'} (${code})`);
  }
}

function wait(delay) {
  const until = Date.now() + delay;
  show('waiting', 'Connection lost.');
  const tick = () => {
    const left = until - Date.now();
    if (left <= 0) { connect(); return; }
    page.countdown.textContent = `Next attempt in ${Math.ceil(left / 1000)} s`;
    timer = setTimeout(tick, Math.min(left, left % 1000 || 1000));
  };
  tick();
}

// Forgets the socket and the timer of the state that ends.
function drop() {
  clearTimeout(timer);
  const old = socket;
  socket = null;
  old?.close(1000);
}

function hurry() {
  if (document.body.dataset.state === 'waiting' && document.visibilityState === 'visible') { connect(); }
}

// --- what the room tells ---

function receive(data) {
  const message = JSON.parse(data);
  switch (message.type) {
    case 'welcome': welcomed(message); break;
    case 'joined': here.add(message.name); showPeople(); notice(`${message.name} joined`, 'joined', message.name); break;
    case 'left': here.delete(message.name); showPeople(); notice(`${message.name} left`, 'left', message.name); break;
    case 'renamed': renamed(message); break;
    case 'said': said(message); break;
    default: break; // a newer server may tell more
  }
}

function welcomed({ name, here: names, node }) {
  clearTimeout(timer);
  me = name;
  here = new Set(names);
  connectedAt = Date.now();
  servedBy = node;
  show('connected', `Connected as ${me} · ${servedBy}`);
  showPeople();
  notice(welcomes++ === 0 ? `You are in #${room} as ${me}` : `You are back as ${me}; what was said meanwhile is not shown`, 'welcome', me);
}

function renamed({ name }) {
  me = name;
  here.add(name);
  show('connected', `Connected as ${me} · ${servedBy}`);
  showPeople();
  notice(`Someone was ${wanted} before you; you are ${me} now`, 'renamed', me);
}

function said({ name, text, at }) {
  const last = page.log.lastElementChild;
  const entry = element('div', 'entry message', { kind: 'said', name, at });
  entry.classList.toggle('own', name === me);
  entry.classList.toggle('follows', last?.dataset.kind === 'said' && last.dataset.name === name && at - Number(last.dataset.at) < GroupWithin);
  entry.style.setProperty('--hue', hue(name));

  const author = element('p', 'author');
  author.textContent = name;
  const bubble = element('div', 'bubble');
  const words = element('span', 'said');
  words.textContent = text;
  const time = element('time');
  const date = new Date(at);
  time.dateTime = date.toISOString();
  time.title = date.toLocaleString();
  time.textContent = date.toLocaleTimeString([], { timeStyle: 'short' });
  bubble.append(words, time);
  entry.append(author, bubble);
  add(entry, name === me);
}

function say() {
  const text = page.text.value.trim();
  if (!text || document.body.dataset.state !== 'connected') { return; } // the draft stays for later
  socket.send(JSON.stringify({ type: 'say', text }));
  page.text.value = '';
  fitText();
}

// --- what the page shows ---

function show(state, sentence) {
  document.body.dataset.state = state;
  page.state.textContent = sentence; // read out by screen readers; the countdown, each second, is not
  page.countdown.textContent = '';
  page.entrance.hidden = state !== 'entering';
  page.chat.hidden = state === 'entering';
  page.retry.hidden = state !== 'waiting' && state !== 'closed';
  page.send.disabled = state !== 'connected';
  document.title = state === 'entering' ? 'WsActors chat' : `#${room} · WsActors chat`;
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

function notice(text, kind, name) {
  const entry = element('p', 'entry notice', { kind, name });
  entry.textContent = text;
  add(entry, false);
}

// Follows the talk, unless the reader has scrolled up to read.
function add(entry, mine) {
  page.log.append(entry);
  while (page.log.childElementCount > MaxEntries) { page.log.firstElementChild.remove(); }
  if (following || mine) { toEnd(); } else { page.newer.hidden = false; }
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
    welcomes = 0;
    showPeople();
  }

  [room, wanted, attempt] = [newRoom, newName, 0];
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

page.retry.addEventListener('click', () => { attempt = 0; connect(); page.text.focus(); });
page.leave.addEventListener('click', leave);
page.newer.addEventListener('click', () => { toEnd(); page.log.focus(); });
page.log.addEventListener('scroll', () => {
  following = page.log.scrollHeight - page.log.scrollTop - page.log.clientHeight < 60;
  if (following) { page.newer.hidden = true; }
}, { passive: true });
page.peopleToggle.addEventListener('click', () => showPanel(!page.peoplePanel.classList.contains('open')));

// A keyboard that slides in, or a long draft, takes its room from the log: keep the end in sight.
new ResizeObserver(() => { if (following) { toEnd(); } }).observe(page.log);
addEventListener('online', hurry);
document.addEventListener('visibilitychange', hurry);
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
