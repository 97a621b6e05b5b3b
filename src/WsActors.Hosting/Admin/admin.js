// The admin page. Its states, shown in body[data-state]:
//
// connecting --token--> token --the form is sent--> connecting --welcome--> connected --lost--> waiting --time passes--> connecting
//       \--welcome--> connected                                                 \--final close code--> closed --connect now--> connecting
//
// docs/admin.md documents the protocol. The page asks, and the server speaks unasked only of the page's tap (admin-tap.js): a page that is
// hidden or slow costs nothing.
// Names, addresses, routes and topics are untrusted: they enter the page as text only, never as HTML.
'use strict';

const OverviewEvery = 1000;
const ListEvery = 2000;
const FilterDelay = 200;
const SilentAfter = 5000; // an answer takes 2 s when a node is missing
const NoAnswerAfter = 20_000;
const MaxSamples = 60;
const MaxDelay = 15_000;
const ResultFor = 30_000; // or until the next one, or a click

// Further attempts would end the same way.
const FinalCodes = new Set([1002, 1003, 1007, 1008, 1009]);
const Unauthorized = 4401;

const $ = id => document.getElementById(id);

let socket = null;
let nextId = 1;
let attempts = 0;
let wantsToken = false;  // the server asks for a token
let welcome = null;      // who we are, and the node that serves us
let timer = 0;           // the countdown to the next attempt
const latest = {};       // the id of the newest question of each type
const asked = {};        // when it was asked; absent once it is answered
const actions = new Map();

const memory = {
  get token() { try { return sessionStorage.getItem('admin.token') ?? ''; } catch { return ''; } },
  set token(value) {
    try {
      if (value) { sessionStorage.setItem('admin.token', value); } else { sessionStorage.removeItem('admin.token'); }
    } catch { /* the page asks again after a reload */ }
  },
};

// --- words and numbers ---

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

function number(value) {
  if (value === null || value === undefined) { return '–'; }
  return value >= 10 || Number.isInteger(value) ? whole.format(Math.round(value)) : tenth.format(value);
}

function bytes(value) {
  if (value === null || value === undefined) { return ['–', '']; }
  for (const [unit, size] of [['GiB', 2 ** 30], ['MiB', 2 ** 20], ['KiB', 2 ** 10]]) {
    if (value >= size / 1024 * 1000) { return [(value / size >= 100 ? whole : tenth).format(value / size), unit]; }
  }
  return [whole.format(Math.round(value)), 'B'];
}

const size = value => bytes(value).join(' ').trim();

function time(milliseconds) {
  if (milliseconds === null || milliseconds === undefined) { return '–'; }
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 60) { return `${seconds} s`; }
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) { return `${minutes} min ${seconds % 60} s`; }
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

const trip = value => value === undefined ? '–' : `${value < 10 ? tenth.format(value) : whole.format(Math.round(value))} ms`;

const count = (value, noun) => `${number(value)} ${noun}${value === 1 ? '' : 's'}`;

// The server learns a handler's backlog exactly only when it is large; a smaller number says nothing.
const isKnown = value => value >= (welcome?.backlogFrom ?? 0);
const backlog = row => isKnown(row.backlog) ? size(row.backlog) : '–';

const nameOf = row => row.user ?? row.address;

// --- elements ---

function element(tag, className = '', text = null) {
  const made = document.createElement(tag);
  if (className) { made.className = className; }
  if (text !== null) { made.textContent = text; }
  return made;
}

function button(className, text, act) {
  const made = element('button', className, text);
  made.type = 'button';
  made.addEventListener('click', act);
  return made;
}

// A sentence with names of peers. Each is isolated: its direction does not reorder the words around it.
const sentence = (words, ...names) =>
  words.flatMap((word, i) => i < names.length ? [word, element('bdi', '', names[i])] : [word]);

// Changes only what differs: a selection in the text survives a refresh.
function setText(target, text) {
  if (target.textContent !== text) { target.textContent = text; }
}

function setClass(target, name, on) {
  if (target.classList.contains(name) !== on) { target.classList.toggle(name, on); }
}

let isPressed = false; // a pointer is down: rows must not move, or the click would miss its target
addEventListener('pointerdown', () => { isPressed = true; });
for (const type of ['pointerup', 'pointercancel', 'blur']) {
  addEventListener(type, () => setTimeout(() => { isPressed = false; })); // after the click
}

// Puts children in order. A moved element loses the focus, which then comes back.
function arrange(parent, children) {
  const focused = parent.contains(document.activeElement) ? document.activeElement : null;
  const keep = new Set(children);
  for (const child of [...parent.children]) {
    if (!keep.has(child)) { child.remove(); }
  }
  children.forEach((child, i) => {
    if (parent.children[i] !== child) { parent.insertBefore(child, parent.children[i] ?? null); }
  });
  if (focused && focused !== document.activeElement) {
    if (focused.isConnected) { focused.focus({ preventScroll: true }); } else { $('main').focus({ preventScroll: true }); }
  }
}

// A table whose rows are updated in place. A column: name, label, text(row) or fill(cell, row), and its looks.
class Table {
  constructor(table, columns, keyOf, empty, onSort = null) {
    Object.assign(this, { columns, keyOf, empty, onSort, rows: new Map(), headers: [] });
    const head = element('thead');
    head.setAttribute('role', 'rowgroup');
    const row = element('tr');
    row.setAttribute('role', 'row');
    for (const column of columns) {
      const header = element('th', column.number ? 'number' : '');
      header.scope = 'col';
      header.setAttribute('role', 'columnheader');
      if (onSort && column.sort) {
        header.append(button('', column.label, () => onSort(column.sort)));
      } else if (column.hidden) {
        header.append(element('span', 'hidden-text', column.label));
      } else {
        header.textContent = column.label;
      }
      this.headers.push(header);
      row.append(header);
    }
    head.append(row);
    this.body = element('tbody');
    this.body.setAttribute('role', 'rowgroup');
    table.append(head, this.body);
  }

  showOrder(sort, descending) {
    this.columns.forEach((column, i) => {
      if (column.sort === sort) {
        this.headers[i].setAttribute('aria-sort', descending ? 'descending' : 'ascending');
      } else {
        this.headers[i].removeAttribute('aria-sort');
      }
    });
  }

  show(items) {
    if (isPressed) { return; }
    const shown = items.map(item => {
      const key = this.keyOf(item);
      const row = this.rows.get(key) ?? this.create(key);
      row.item = item;
      this.columns.forEach((column, i) => {
        const cell = row.cells[i];
        if (column.fill) { column.fill(cell, item); } else { setText(cell.firstChild, column.text(item)); }
        if (column.warn) { setClass(cell, 'much-queued', column.warn(item)); }
      });
      return row;
    });
    const keep = new Set(shown);
    for (const [key, row] of this.rows) {
      if (!keep.has(row)) { this.rows.delete(key); }
    }
    arrange(this.body, shown.length > 0 ? shown : [this.emptyRow()]);
  }

  create(key) {
    const row = element('tr');
    row.setAttribute('role', 'row');
    for (const column of this.columns) {
      const cell = element('td', [column.number && 'number', column.peer && 'text', column.className].filter(Boolean).join(' '));
      cell.setAttribute('role', 'cell');
      cell.dataset.label = column.label;
      if (column.create) { column.create(cell, row); } else { cell.append(element(column.peer ? 'bdi' : 'span')); }
      row.append(cell);
    }
    this.rows.set(key, row);
    return row;
  }

  emptyRow() {
    if (!this.none) {
      this.none = element('tr', 'empty');
      this.none.setAttribute('role', 'row');
      const cell = element('td', '', this.empty);
      cell.colSpan = this.columns.length;
      cell.setAttribute('role', 'cell');
      this.none.append(cell);
    }
    return this.none;
  }
}

// --- the connection ---

function connect() {
  clearInterval(timer);
  socket?.close();
  show('connecting', welcome ? 'Connecting again…' : 'Connecting…');
  // Relative to the page, so that a proxy's path prefix is kept.
  const url = new URL('socket', location.href);
  url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  url.search = url.hash = '';
  const mine = socket = new WebSocket(url);
  mine.addEventListener('message', event => { if (socket === mine) { receive(JSON.parse(event.data)); } });
  mine.addEventListener('close', event => { if (socket === mine) { ended(event.code, event.reason); } });
}

function send(message) {
  if (socket?.readyState === WebSocket.OPEN) { socket.send(JSON.stringify(message)); }
}

function receive(message) {
  const handle = {
    token: askForToken,
    welcome: welcomed,
    overview: showOverview,
    topics: answer => lists.topics.answer(answer),
    sessions: answer => lists.sessions.answer(answer),
    connections: showConnections,
    count: () => {},
    done: () => {},
    failed: failed,
    tapped: message => tap.add(message),
    tapEnded: message => tap.end(message),
  }[message.type];
  if (actions.has(message.id)) {
    const resolve = actions.get(message.id);
    actions.delete(message.id);
    resolve(message);
    return;
  }
  handle?.(message);
}

function askForToken() {
  wantsToken = true;
  if (memory.token) {
    send({ type: 'token', token: memory.token });
  } else {
    show('token', 'Waiting for the token');
    $('token').focus();
  }
}

function welcomed(message) {
  welcome = message;
  attempts = 0;
  $('token-error').textContent = '';
  show('connected', '');
  showSilence(0);
  for (const type in asked) { delete asked[type]; }
  showView();
}

// What is shown is old while the node is silent.
function showSilence(silence) {
  const isSilent = silence > SilentAfter;
  setClass(document.body, 'silent', isSilent);
  setText($('state'), isSilent
    ? `${welcome.node.name} does not answer: the numbers are old.` : `Connected to ${welcome.node.name} as ${welcome.who}`);
  setText($('countdown'), isSilent ? `${Math.floor(silence / 1000)} s` : '');
}

function ended(code, reason) {
  socket = null;
  for (const resolve of actions.values()) { resolve({ type: 'lost', reason: 'The connection was lost before the answer came.' }); }
  actions.clear();
  tap.lost();
  if (code === Unauthorized && wantsToken) {
    const hadToken = memory.token !== '';
    memory.token = '';
    $('token-error').textContent = hadToken ? 'The server refused this token.' : '';
    if (hadToken || document.body.dataset.state === 'connected') {
      show('token', 'Waiting for the token');
      $('token').focus();
    } else {
      show('token', 'Waiting for the token'); // the server does not wait as long as people do
    }
    return;
  }
  if (code === Unauthorized) {
    show('closed', 'Your login has ended: reload the page.');
  } else if (FinalCodes.has(code)) {
    show('closed', `The server closed this page: ${reason || 'no reason'} (${code}).`);
  } else {
    wait();
  }
}

function wait() {
  const delay = Math.min(MaxDelay, 1000 * 2 ** attempts++) * (.5 + Math.random() / 2);
  const until = Date.now() + delay;
  show('waiting', welcome ? 'Connection lost.' : 'No connection.');
  const tick = () => {
    const left = until - Date.now();
    $('countdown').textContent = `Next attempt in ${Math.max(1, Math.ceil(left / 1000))} s`;
    if (left <= 0) { connect(); }
  };
  tick();
  timer = setInterval(tick, 250);
}

function show(state, sentence) {
  clearInterval(timer);
  document.body.dataset.state = state;
  document.body.classList.remove('silent');
  setText($('state'), sentence);
  $('countdown').textContent = '';
  $('retry').hidden = state !== 'waiting' && state !== 'closed';
  $('token-form').hidden = state !== 'token';
  $('tabs').hidden = $('views').hidden = state === 'token' || !welcome;
}

$('retry').addEventListener('click', () => { attempts = 0; connect(); });
$('token-form').addEventListener('submit', event => {
  event.preventDefault();
  memory.token = $('token').value.trim();
  $('token').value = '';
  if (!memory.token) { return; }
  $('token-error').textContent = '';
  if (socket?.readyState === WebSocket.OPEN) {
    show('connecting', 'Sending the token…');
    send({ type: 'token', token: memory.token });
  } else {
    connect();
  }
});

// --- questions ---

function ask(question) {
  if (document.body.dataset.state !== 'connected') { return; }
  const id = nextId++;
  latest[question.type] = id;
  asked[question.type] ??= Date.now();
  send({ ...question, id });
}

// Whether an answer is to the newest question of a type; older ones are not shown.
function isLatest(type, id) {
  if (latest[type] !== id) { return false; }
  delete asked[type];
  return true;
}

function failed(message) {
  const type = Object.keys(latest).find(one => latest[one] === message.id);
  if (type) {
    delete asked[type];
    lists[type]?.fail(message.reason);
  }
}

// An action, or a question that is awaited.
function request(message) {
  const id = nextId++;
  return new Promise(resolve => {
    if (socket?.readyState !== WebSocket.OPEN) { resolve({ type: 'failed', reason: 'There is no connection.' }); return; }
    actions.set(id, resolve);
    send({ ...message, id });
  });
}

// Asks again what is on the screen, once it was answered. A hidden page asks nothing.
const asking = {
  overview: { every: OverviewEvery, isShown: () => true, ask: () => ask({ type: 'overview' }) },
  readers: { every: ListEvery, isShown: () => view() === 'overview', ask: () => ask({ type: 'readers' }) },
  handlers: { every: ListEvery, isShown: () => view() === 'overview', ask: () => ask({ type: 'handlers' }) },
  connections: { every: ListEvery, isShown: () => view() === 'connections', ask: () => lists.connections.ask() },
  topics: { every: ListEvery, isShown: () => view() === 'topics', ask: () => lists.topics.ask() },
  sessions: { every: ListEvery, isShown: () => view() === 'sessions', ask: () => lists.sessions.ask() },
  connection: { every: OverviewEvery, isShown: () => $('detail').open, ask: () => ask({ type: 'connection', connection: detail.key }) },
};
const askedAt = {};

function poll(now = Date.now()) {
  if (document.body.dataset.state !== 'connected' || document.hidden) { return; }
  showSilence(now - (asked.overview ?? now));
  for (const type in asking) {
    const { every, isShown, ask: again } = asking[type];
    if (asked[type] && now - asked[type] > NoAnswerAfter) {
      socket?.close(4000, 'no answer');
      ended(1006, '');
      return;
    }
    if (isShown() && !asked[type] && now - (askedAt[type] ?? 0) >= every) {
      askedAt[type] = now;
      again();
    }
  }
}

setInterval(poll, 100);
document.addEventListener('visibilitychange', () => {
  for (const type in asked) { asked[type] = Date.now(); } // timers of a hidden page do not run
  poll();
});

// --- the overview ---

const samples = [];     // of all nodes together, the newest last
const lastCounts = {};  // of each node, to make rates
let overview = null;

const Tiles = [
  ['Connections', sample => sample.open, value => [number(value), '']],
  ['Messages in', sample => sample.messagesIn, value => [number(value), '/s']],
  ['Messages out', sample => sample.messagesOut, value => [number(value), '/s']],
  ['Received', sample => sample.bytesIn, value => rate(value)],
  ['Sent', sample => sample.bytesOut, value => rate(value)],
  ['Refused', sample => sample.refused, value => [number(value), '/s']],
];

function rate(value) {
  const [amount, unit] = bytes(value);
  return [amount, unit && `${unit}/s`];
}

const tiles = Tiles.map(([name]) => {
  const tile = element('li');
  const value = element('p', 'value');
  const amount = element('span');
  const unit = element('span', 'unit');
  value.append(amount, unit);
  const spark = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  spark.setAttribute('class', 'spark');
  spark.setAttribute('viewBox', `0 0 ${MaxSamples - 1} 40`);
  spark.setAttribute('preserveAspectRatio', 'none');
  spark.setAttribute('aria-hidden', 'true');
  const area = document.createElementNS('http://www.w3.org/2000/svg', 'polygon');
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'polyline');
  spark.append(area, line);
  tile.append(element('p', 'name', name), value, spark);
  $('tiles').append(tile);
  return { amount, unit, area, line };
});

const nodes = new Table($('nodes'), [
  { label: 'Node', text: node => node.name },
  { label: 'Connections', number: true, text: node => number(node.open) },
  { label: 'Opened/s', number: true, text: node => number(node.rates?.opened) },
  { label: 'Messages in/s', number: true, text: node => number(node.rates?.messagesIn) },
  { label: 'Messages out/s', number: true, text: node => number(node.rates?.messagesOut) },
  { label: 'Received/s', number: true, text: node => size(node.rates?.bytesIn) },
  { label: 'Sent/s', number: true, text: node => size(node.rates?.bytesOut) },
  { label: 'State', create: cell => cell.append(element('span', 'badge')), fill: (cell, node) => {
    const badge = cell.firstChild;
    setText(badge, node.state);
    badge.className = `badge ${{ listening: 'good', 'no answer': 'bad' }[node.state] ?? ''}`;
  } },
  { label: 'Drain', hidden: true, className: 'action', create: (cell, row) => {
    cell.append(button('small danger', 'Drain…', () => drain(row.item)));
  }, fill: (cell, node) => {
    cell.firstChild.disabled = node.state !== 'listening';
    cell.firstChild.setAttribute('aria-label', `Drain ${node.name}…`);
  } },
], node => node.address, 'No node has answered.');

const endpoints = new Table($('endpoints'), [
  { label: 'Endpoint', peer: true, text: endpoint => endpoint.name },
  { label: 'Node', text: endpoint => endpoint.node },
  { label: 'Address', text: endpoint => endpoint.address ?? 'of the app' },
  { label: 'Connections', number: true, text: endpoint => number(endpoint.open) },
  { label: 'Handshakes', number: true, text: endpoint => number(endpoint.handshakes) },
  { label: 'Opened', number: true, text: endpoint => number(endpoint.opened) },
  { label: 'Refused', number: true, text: endpoint => number(endpoint.refused) },
], endpoint => `${endpoint.node} ${endpoint.name} ${endpoint.address}`, 'No endpoint listens.');

const draining = new Set(); // the addresses of nodes that this page drains

function showOverview(message) {
  if (!isLatest('overview', message.id)) { return; }
  const known = message.nodes.map(node => ({ ...node, ...node.node, rates: ratesOf(node, message.at), state: stateOf(node) }));
  const missing = message.missing.map(name => ({ address: name, name, state: 'no answer' }));
  overview = { nodes: known, missing: message.missing };
  const sum = pick => {
    const values = known.map(pick).filter(value => value !== undefined);
    return values.length > 0 ? values.reduce((total, value) => total + value) : undefined; // no rate is known at first
  };
  samples.push({
    open: sum(node => node.open),
    messagesIn: sum(node => node.rates?.messagesIn),
    messagesOut: sum(node => node.rates?.messagesOut),
    bytesIn: sum(node => node.rates?.bytesIn),
    bytesOut: sum(node => node.rates?.bytesOut),
    refused: sum(node => node.rates?.refused),
  });
  samples.splice(0, samples.length - MaxSamples);
  Tiles.forEach(([, pick, words], i) => showTile(tiles[i], samples.map(pick), words));
  nodes.show([...known, ...missing].sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true })));
  endpoints.show(known.flatMap(node => node.endpoints.map(endpoint => ({ ...endpoint, node: node.name }))));
  $('missing').hidden = missing.length === 0;
  setText($('missing'), missing.length === 0 ? '' : `${missing.length} of ${count(known.length + missing.length, 'node')} `
    + `${missing.length === 1 ? 'does' : 'do'} not answer: ${message.missing.join(', ')}. Nothing of ${
      missing.length === 1 ? 'it' : 'them'} is counted or listed here.`);
}

function stateOf(node) {
  if (draining.has(node.node.address)) { return 'draining'; }
  if (node.draining && node.open > 0) { return 'draining'; }
  return node.endpoints.length > 0 && !node.draining ? 'listening' : 'drained'; // the endpoint of an app stays in the list
}

function ratesOf(node, at) {
  const counts = { ...node.traffic, opened: node.opened, refused: node.refused };
  const { address } = node.node;
  const before = lastCounts[address];
  lastCounts[address] = { at, counts };
  const seconds = before ? (at - before.at) / 1000 : 0;
  if (!(seconds > 0)) { return null; }
  const rates = {};
  for (const name in counts) {
    const difference = counts[name] - before.counts[name];
    rates[name] = difference >= 0 ? difference / seconds : undefined; // a node that has started again counts from zero
  }
  return rates;
}

function showTile(tile, values, words) {
  const [amount, unit] = words(values.at(-1));
  setText(tile.amount, amount);
  setText(tile.unit, unit);
  const known = values.filter(value => value !== undefined);
  const first = MaxSamples - known.length;
  const top = Math.max(...known, 1);
  const points = known.map((value, i) => `${first + i},${(38 - value / top * 32).toFixed(1)}`);
  tile.line.setAttribute('points', points.join(' '));
  tile.area.setAttribute('points', points.length > 0 ? `${first},40 ${points.join(' ')} ${MaxSamples - 1},40` : '');
}

const slowest = {
  readers: { list: $('readers'), pick: row => row.queued, none: 'Every client reads what it is sent.', rows: new Map() },
  handlers: { list: $('handlers'), pick: row => row.backlog, none: 'Every handler keeps up.', rows: new Map() },
};

function showSlowest(type, message) {
  const { list, pick, none, rows } = slowest[type];
  if (isPressed) { return; }
  const items = message.rows.filter(item => type === 'readers' || isKnown(item.backlog));
  const top = Math.max(...items.map(pick), 1);
  const shown = items.map(item => {
    const made = rows.get(item.connection) ?? createSlow(rows, item.connection);
    const [row] = made.children;
    row.style.setProperty('--part', `${pick(item) / top * 100}%`);
    setText(row.children[0], nameOf(item));
    setText(row.children[1], size(pick(item)));
    setText(row.children[2], `${item.route} · ${item.node}`);
    return made;
  });
  for (const key of [...rows.keys()]) {
    if (!items.some(item => item.connection === key)) { rows.delete(key); }
  }
  arrange(list, shown.length > 0 ? shown : [slowest[type].empty ??= element('li', 'none', none)]);
}

function createSlow(rows, key) {
  const made = element('li');
  const row = button('row', '', () => openDetail(key));
  row.append(element('bdi', 'who'), element('span', 'much'), element('bdi', 'what'));
  made.append(row);
  rows.set(key, made);
  return made;
}

// --- lists: one page of a sorted table, which the server makes ---

class List {
  constructor(name, columns, keyOf, empty, { orderBy, descending }, question) {
    const section = $(`view-${name}`);
    Object.assign(this, { name, section, orderBy, descending, question, cursors: [null], next: null, rows: null });
    this.table = new Table(section.querySelector('table'), columns, keyOf, empty, sort => this.sortBy(sort));
    this.filter = section.querySelector('.filter');
    this.sort = section.querySelector('.sort');
    for (const column of columns.filter(one => one.sort)) {
      for (const [direction, arrow] of [['asc', '↑'], ['desc', '↓']]) {
        const option = element('option', '', `${column.label} ${arrow}`);
        option.value = `${column.sort} ${direction}`;
        this.sort.append(option);
      }
    }
    this.text = element('p');
    this.text.setAttribute('role', 'status');
    this.first = button('small', 'First', () => this.go([null]));
    this.back = button('small', 'Back', () => this.go(this.cursors.slice(0, -1)));
    this.forward = button('small', 'Next', () => this.go([...this.cursors, this.next]));
    section.querySelector('.pager').append(this.text, this.first, this.back, this.forward);
    section.querySelector('form').addEventListener('submit', event => { event.preventDefault(); this.restart(); });
    this.filter.addEventListener('input', () => {
      clearTimeout(this.typing);
      this.typing = setTimeout(() => this.restart(), FilterDelay);
    });
    this.filter.addEventListener('keydown', event => {
      if (event.key === 'Escape') { this.filter.value = ''; this.restart(); }
      if (event.key === 'ArrowDown') { event.preventDefault(); this.table.body.querySelector('button')?.focus(); }
    });
    this.table.body.addEventListener('keydown', event => this.move(event));
    this.sort.addEventListener('change', () => {
      const [sort, direction] = this.sort.value.split(' ');
      this.sortBy(sort, direction === 'desc');
    });
    section.querySelector('.queued')?.addEventListener('change', () => this.restart());
    this.showOrder();
    this.showPager();
  }

  ask() {
    ask({
      type: this.name,
      orderBy: this.orderBy,
      descending: this.descending,
      after: this.cursors.at(-1) ?? undefined,
      ...this.question(this.filter.value.trim(), this.section),
    });
  }

  answer(message) {
    if (!isLatest(this.name, message.id)) { return; }
    this.next = message.next ?? null;
    this.rows = message.rows.length;
    this.table.show(message.rows);
    this.showPager();
  }

  fail(reason) {
    this.next = null;
    if (this.cursors.length > 1) { this.go([null]); } // the cursor may be of a node that has gone
    setText(this.text, reason);
  }

  sortBy(sort, descending = sort === this.orderBy && !this.descending) {
    [this.orderBy, this.descending] = [sort, descending];
    this.showOrder();
    this.restart();
  }

  restart() {
    clearTimeout(this.typing);
    this.go([null]);
  }

  go(cursors) {
    this.cursors = cursors;
    this.ask();
  }

  showOrder() {
    this.table.showOrder(this.orderBy, this.descending);
    this.sort.value = `${this.orderBy} ${this.descending ? 'desc' : 'asc'}`;
  }

  showPager() {
    const page = this.cursors.length;
    const rows = this.rows === null ? 'Loading…' : count(this.rows, 'row');
    setText(this.text, page === 1 && this.next === null ? rows : `Page ${page}, ${rows}`);
    this.first.disabled = this.back.disabled = page === 1;
    this.forward.disabled = this.next === null;
  }

  // Arrows go from row to row.
  move(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) { return; }
    event.preventDefault();
    const all = [...this.table.body.querySelectorAll('tr')].map(row => row.querySelector('button')).filter(Boolean);
    const here = all.indexOf(event.target.closest('tr')?.querySelector('button'));
    if (here + step < 0) { this.filter.focus(); } else { all[here + step]?.focus(); }
  }
}

const lists = {};

lists.connections = new List('connections', [
  { label: 'User', sort: 'User', peer: true, create: (cell, row) => {
    const open = button('link', '', () => openDetail(row.item.connection));
    open.dir = 'auto';
    cell.append(open);
  }, fill: (cell, row) => {
    setText(cell.firstChild, row.user ?? 'no user');
    setClass(cell.firstChild, 'nobody', !row.user);
  } },
  { label: 'Address', sort: 'Address', peer: true, text: row => row.address },
  { label: 'Route', sort: 'Route', peer: true, text: row => row.route },
  { label: 'Age', sort: 'Age', number: true, text: row => time(row.age) },
  { label: 'Queued', sort: 'Queued', number: true, text: row => size(row.queued), warn: row => row.queued >= 65536 },
  { label: 'Backlog', sort: 'Backlog', number: true, text: row => backlog(row), warn: row => isKnown(row.backlog) },
  { label: 'Round trip', sort: 'RoundTrip', number: true, text: row => trip(row.roundTrip) },
  { label: 'Messages', sort: 'Messages', number: true, text: row => number(row.messagesIn + row.messagesOut) },
  { label: 'Node', peer: true, text: row => row.node },
], row => row.connection, 'No connections.', { orderBy: 'Age', descending: true },
(search, section) => ({ search: search || undefined, minQueued: Number(section.querySelector('.queued').value) }));

// The whole row opens the details; a click that selects text does not.
lists.connections.table.body.addEventListener('click', event => {
  const row = event.target.closest('tr');
  if (row.item && !event.target.closest('button') && getSelection().isCollapsed) { openDetail(row.item.connection); }
});

lists.topics = new List('topics', [
  { label: 'Topic', sort: 'Name', peer: true, text: row => row.name },
  { label: 'Members', sort: 'Members', number: true, text: row => number(row.members) },
  { label: 'On nodes', peer: true, className: 'wrap',
    text: row => row.nodes.map(node => `${node.node}: ${number(node.members)}`).join(', ') },
], row => row.name, 'No topics.', { orderBy: 'Members', descending: true }, prefix => ({ prefix }));

lists.sessions = new List('sessions', [
  { label: 'Session', sort: 'Id', peer: true, text: row => row.session },
  { label: 'User', peer: true, text: row => row.user ?? 'no user' },
  { label: 'Route', peer: true, text: row => row.route },
  { label: 'Age', number: true, text: row => time(row.age) },
  { label: 'Client', sort: 'Away', number: true, text: row => row.away === undefined ? 'attached' : `away ${time(row.away)}` },
  { label: 'Unacknowledged', sort: 'Messages', number: true, text: row => number(row.messages) },
  { label: 'Bytes', sort: 'Bytes', number: true, text: row => size(row.bytes), warn: row => row.bytes >= 65536 },
  { label: 'Node', peer: true, text: row => row.node },
  { label: 'End', hidden: true, className: 'action', create: (cell, row) => {
    cell.append(button('small danger', 'End…', () => end(row.item)));
  }, fill: (cell, row) => cell.firstChild.setAttribute('aria-label', `End session ${row.session}…`) },
], row => row.session, 'No sessions.', { orderBy: 'Id', descending: false }, search => ({ search: search || undefined }));

function showConnections(message) {
  for (const type of ['readers', 'handlers']) {
    if (latest[type] === message.id && isLatest(type, message.id)) { showSlowest(type, message); return; }
  }
  if (latest.connection === message.id) {
    if (isLatest('connection', message.id)) { showDetail(message.rows[0] ?? null, message.missing); }
    return;
  }
  lists.connections.answer(message);
}

// --- the details of one connection ---

const detail = { key: '', row: null };

const Facts = [
  ['User', row => row.user ?? 'no user'],
  ['Address', row => row.address],
  ['Route', row => row.route],
  ['Node', row => row.node],
  ['Endpoint', row => row.endpoint],
  ['Subprotocol', row => row.subprotocol ?? 'none'],
  ['Compression', row => row.compressed ? 'on' : 'off'],
  ['Open for', row => time(row.age)],
  ['Round trip', row => trip(row.roundTrip)],
  ['Queued', row => size(row.queued)],
  ['Handler backlog', row => backlog(row)],
  ['Messages in', row => number(row.messagesIn)],
  ['Messages out', row => number(row.messagesOut)],
  ['Received', row => size(row.bytesIn)],
  ['Sent', row => size(row.bytesOut)],
  ['Connection', row => row.connection],
];

const facts = Facts.map(([name]) => {
  const value = element('dd');
  value.append(element('bdi'));
  $('detail-facts').append(element('dt', '', name), value);
  return value.firstChild;
});

function openDetail(key) {
  Object.assign(detail, { key, row: null });
  $('detail-title').textContent = 'Connection';
  facts.forEach(value => setText(value, '…'));
  showState(false);
  $('detail').showModal();
  ask({ type: 'connection', connection: key });
}

function showDetail(row, missing) {
  if (!$('detail').open || (row && row.connection !== detail.key)) { return; }
  if (row) { detail.row = row; }
  // A connection of a node that does not answer may be open.
  const silent = row === null && missing.length > 0 && (detail.row === null || missing.includes(detail.row.node));
  showState(row === null && !silent, silent ? 'Its node does not answer: the connection may still be open.' : '');
  if (row) {
    setText($('detail-title'), nameOf(row));
    Facts.forEach(([, words], i) => setText(facts[i], words(row)));
    $('detail-kick').disabled = !row.canKick;
  }
}

const tap = new Tap();
const closing = new Set(); // connections that were told to close

function showState(isGone, silence = '') {
  const state = isGone ? 'This connection is closed.'
    : silence || (closing.has(detail.key) ? 'It was told to close, and its client has not answered yet.' : '');
  $('detail-state').hidden = !state;
  setText($('detail-state'), state);
  tap.show(isGone);
  $('detail-close').disabled = isGone;
  $('detail-kick').disabled = isGone || !detail.row?.canKick;
}

$('detail').querySelector('.close').addEventListener('click', () => $('detail').close());
// The row from which it was opened may have gone.
$('detail').addEventListener('close', () => {
  if (document.activeElement === document.body) { $('main').focus({ preventScroll: true }); }
});
$('detail').addEventListener('click', event => { if (event.target === $('detail')) { $('detail').close(); } }); // beside it
$('detail-close').addEventListener('click', async () => {
  const row = detail.row;
  if (!row) { return; }
  const reason = await confirmed(
    ['Close the connection?'],
    sentence`The connection of ${nameOf(row)} at ${row.route} is closed with 1008. Its client may connect again.`,
    'Close 1 connection', true);
  if (reason !== null && await act({ type: 'close', connection: row.connection, reason })) { closing.add(row.connection); }
});
$('detail-kick').addEventListener('click', async () => {
  const { user, connection } = detail.row ?? {};
  if (!user) { return; }
  const counted = await request({ type: 'count', user });
  if (counted.type !== 'count') { result(counted.reason); return; }
  const many = `${count(counted.count, 'connection')}${counted.more ? ' or more' : ''}`;
  const reason = await confirmed(
    sentence`Kick ${user}?`, [
      `The user has ${many} on all nodes, ${many === '1 connection' ? 'which is' : 'which are all'} closed with 1008.`
        + ' The user may connect again.',
    ],
    `Close ${many}`, true);
  if (reason !== null && await act({ type: 'kick', user, reason })) { closing.add(connection); }
});

// --- actions ---

// No submit button: Enter in the reason confirms.
$('confirm').querySelector('.cancel').addEventListener('click', () => $('confirm').close());

// Title and text are parts of a sentence. Resolves to the close reason, or null when the action is not wanted.
function confirmed(title, text, verb, asksReason = false) {
  const dialog = $('confirm');
  $('confirm-title').replaceChildren(...title);
  $('confirm-text').replaceChildren(...text);
  $('confirm-do').textContent = verb;
  $('confirm-reason').hidden = !asksReason;
  $('reason').value = '';
  dialog.returnValue = 'cancel';
  dialog.showModal();
  return new Promise(resolve => dialog.addEventListener(
    'close', () => resolve(dialog.returnValue === 'do' ? $('reason').value.trim() : null), { once: true }));
}

async function act(message) {
  const answer = await request(message);
  const missing = answer.missing?.length > 0 ? ` No answer from ${answer.missing.join(', ')}.` : '';
  const texts = { done: answer.text + missing, lost: `${answer.reason} Look whether it was done.`, failed: `Not done: ${answer.reason}` };
  result(texts[answer.type]);
  for (const type in askedAt) { askedAt[type] = 0; } // look at once
  return answer.type === 'done';
}

async function drain(node) {
  const others = overview.nodes.filter(other => other.address !== node.address && other.state === 'listening').length;
  const where = others === 1 ? 'the other node' : `the other ${others} nodes`;
  const text = [
    `The node takes no more connections, closes its ${count(node.open, 'connection')}, and stops listening until it is restarted.`,
    others > 0 ? `Clients come back at ${where}.` : 'There is no other node for its clients.',
    node.address === welcome.node.address ? 'This page ends, too: it is served by this node.' : '',
  ].filter(Boolean).join(' ');
  if (await confirmed([`Drain ${node.name}?`], [text], `Drain, and close ${count(node.open, 'connection')}`) === null) { return; }
  draining.add(node.address);
  result(`${node.name} is draining.`);
  await act({ type: 'drain', node: node.address });
  draining.delete(node.address);
}

async function end(session) {
  const text = sentence`The session of ${session.user ?? 'no user'} at ${session.route} ends. Its client ${
    session.messages > 0 ? `misses ${count(session.messages, 'message')} that it has not acknowledged` : 'has acknowledged all messages'
  }. A client that comes back gets a new session.`;
  if (await confirmed(['End the session?'], text, 'End 1 session') !== null) { await act({ type: 'end', session: session.session }); }
}

let toast = 0;

function result(text) {
  clearTimeout(toast);
  ($('detail').open ? $('detail') : document.body).append($('result')); // all but an open dialog is inert
  $('result').textContent = text;
  toast = setTimeout(() => { $('result').textContent = ''; }, ResultFor);
}

$('result').addEventListener('click', () => result(''));

// --- views ---

function view() {
  const name = location.hash.slice(1);
  return ['overview', 'connections', 'topics', 'sessions'].includes(name) ? name : 'overview';
}

function showView() {
  const current = view();
  for (const link of $('tabs').children) {
    const isCurrent = link.hash === `#${current}`;
    $(`view-${link.hash.slice(1)}`).hidden = !isCurrent;
    if (isCurrent) { link.setAttribute('aria-current', 'page'); } else { link.removeAttribute('aria-current'); }
  }
  document.title = `${current[0].toUpperCase()}${current.slice(1)} · WsActors admin`;
  poll();
}

addEventListener('hashchange', () => { showView(); scrollTo(0, 0); });
addEventListener('keydown', event => {
  const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
  if (event.key === '/' && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey && !document.querySelector('dialog[open]')) {
    const filter = $(`view-${view()}`).querySelector('.filter');
    if (filter) { event.preventDefault(); filter.focus(); filter.select(); }
  }
});

showView();
connect();
