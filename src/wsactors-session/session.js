// A WebSocket session that outlives its sockets: messages arrive once and in order in both directions, across lost connections. The server
// must support wsactors.session.v3, .v2 or .v1, see src/WsActors/Sessions/README.md. With v1 a silent network is detected only while
// messages are unacknowledged. With v3 the server is told that a page was reloaded.
//
//   import { WsSession } from '@wsactors/session';
//   const session = new WsSession('/chat/tea', { token: () => fetchToken() });
//   session.send('hello');                                  // at any time: it is sent when there is a connection
//   for await (const data of session) { show(data); }
//
// state: connecting --welcome--> open --lost--> away --delay over, retry(), page woken--> connecting
//             \--lost--> away      \--close(), or closed for good--> closed
//
// Events:
//   open     A connection is open. detail.recovered: 'new' for a new session, true for a resumed one, false if the server lost the session
//            and this one replaces it.
//   message  data: a string or an ArrayBuffer.
//   away     The connection is lost. detail: attempt, delay (milliseconds until it), code and reason; the code is 1006 after a timeout.
//            detail.error: the error of a function that was asked for URL, protocols or token; else undefined.
//   dial     A connection attempt starts.
//   reset    Fired before an open with false. detail.messages: messages that the server may or may not have received; send again those that
//            may arrive twice.
//   close    The session has ended: code, reason, wasClean.
//
// An ES module without imports, for browsers, workers, Node.js, Deno and Bun. Types are in session.d.ts. The program serves a classic
// script that is made of this file, see ClassicScript.cs.

const ProtocolWithReload = 'wsactors.session.v3'; // a hello may say that the page was reloaded
const ProtocolWithoutPings = 'wsactors.session.v1'; // since v2 the server answers pings and may send pings
const Protocols = [ProtocolWithReload, 'wsactors.session.v2', ProtocolWithoutPings];

// Milliseconds. A page does not see the pings of RFC 6455. After this much silence it sends its own, and reconnects without an answer.
const ConnectTimeout = 15_000; // from the dial to the welcome
const PingInterval = 25_000;
const PingIntervalUnacknowledged = 5_000; // while sent messages are unacknowledged
const PongTimeout = 10_000;
const PongTimeoutWoken = 5_000;      // for a page that has just woken: the user waits
const AckTimeoutWithoutPings = 30_000;
// The last three double with each consecutive silent connection, without a limit, so that a long message arrives on a slow network.

const Tick = 1_000;    // the interval at which timeouts are checked
const MaxStep = 2_000; // the most of a gap between two ticks that counts: a frozen page, or one with slowed timers, receives nothing

// Full jitter: clients that lost the same server reconnect spread over the whole window.
const BackoffBase = 500;
const BackoffCap = 30_000;
const StableAfter = 10_000; // a connection that lasted this long resets the backoff

// An ack is due after this many messages, bytes or milliseconds, whichever comes first.
const AckMessages = 32;
const AckBytes = 65_536;
const AckDelay = 200;

// Close codes that end the session: a new attempt would end the same. So do the codes of applications, 3000 to 4999, except 4401 and
// 4408. After any other code the session reconnects.
const FinalCodes = [1000, 1002, 1003, 1007, 1008, 1009, 1010];
const Expired = 4401; // the next attempt has a new token: the first one has no delay
const NoHello = 4408;

export class WsSession extends EventTarget {
  #url;                        // a URL, or a function that is asked before each attempt
  #protocols;                  // an array, or such a function
  #token;                      // such a function, or null
  #asking = null;              // aborts these functions; null once the attempt has a socket, or has ended
  #href = '';                  // the URL of the last attempt
  #WebSocket;
  #storageKey;
  #storage;                    // null without storage, or without a key
  #state = 'connecting';
  #socket = null;              // the current socket; events of others are ignored
  #timer = 0;                  // the delay before the next attempt
  #ackTimer = 0;
  #ticker = 0;
  #tickedAt = 0;
  #wasTickLate = false;        // the last tick came after a gap
  #silentSince = 0;            // the time of the last received frame, or of the first sent message that is unacknowledged
  #waited = 0;                 // the time spent waiting for an answer: the welcome, or the pong
  #waitLimit = 0;              // the timeout of the wait; 0 without a wait
  #unsent = 0;                 // bytes that the socket had not sent at the last tick
  #silentConnections = 0;      // consecutive connections that fell silent
  #hasPings = false;
  #isReloaded = false;         // the session is that of an earlier page, and no welcome came to this one
  #attempt = 0;                // failed attempts since the last stable connection
  #openedAt = 0;
  #identity = null;            // token and epoch of the session; null before the first welcome
  #received = 0;               // the offset of the last received message
  #unacknowledgedMessages = 0; // received messages without an ack
  #unacknowledgedBytes = 0;
  #acknowledged = 0;           // the offset of the last sent message that the server has; null after a reload, until the welcome
  #queue = [];                 // the messages behind that offset: payload and size
  #sent = 0;                   // the number of queued messages sent over this connection
  #bufferedAmount = 0;
  #listening = new AbortController(); // aborted at the end of the session

  // The first open event's detail.recovered. Rejected when the session ends before, with code and reason, or the reason of the abort.
  opened;

  // The close event.
  closed = new Promise(resolve => this.addEventListener('close', resolve, { once: true }));

  // url: ws(s):, http(s): or relative to the page.
  // protocols: further subprotocols to offer, one or several.
  // token: a function that returns a bearer token, or null. It is offered as the subprotocol bearer.<token>: browsers cannot set headers.
  // storageKey: the key of the session in storage, so that a reload of the page resumes it; without a key the session ends with the page.
  // storage: where it is, sessionStorage by default. Without storage, or when it fails, a reload starts a new session.
  // signal: ends the session when it is aborted.
  // WebSocket: the class of the sockets.
  //
  // url, protocols and token may be functions that return a value or a promise. They are called with { signal } before each attempt; the
  // signal is aborted when the attempt ends without a socket. If one fails, the attempt fails. Throws as WebSocket does.
  constructor(url, { protocols = [], token = null, storageKey = null, storage, signal: until, WebSocket = globalThis.WebSocket } = {}) {
    super();
    until?.throwIfAborted();
    if (!WebSocket) { throw new TypeError('There is no WebSocket here: pass one in the options.'); }
    this.#url = isFunction(url) ? url : checkedUrl(url);
    this.#protocols = isFunction(protocols) ? protocols : checkedProtocols(protocols);
    this.#token = token;
    this.#WebSocket = WebSocket;
    this.#storageKey = storageKey;
    this.#storage = storageKey ? storage ?? defaultStorage() : null;
    this.#restore();
    this.opened = new Promise((resolve, reject) => {
      this.addEventListener('open', ({ detail }) => resolve(detail.recovered), { once: true });
      this.closed.then(({ code, reason }) => reject(
        until?.aborted ? until.reason : Object.assign(new Error(`The session was closed with ${code}: ${reason}`), { code, reason })));
    });
    this.opened.catch(() => {}); // nobody has to await it
    this.#connect(); // first, so that an exception of WebSocket leaves no listener behind
    const { signal } = this.#listening;
    const listen = (target, type, action) => target?.addEventListener?.(type, action, { signal });
    for (const type of ['online', 'offline', 'pageshow', 'focus']) { listen(globalThis, type, () => this.#wake(type)); }
    const page = globalThis.document;
    listen(page, 'visibilitychange', () => { if (page.visibilityState === 'visible') { this.#wake(); } });
    listen(globalThis, 'pagehide', event => { if (!event.persisted && !this.#storage) { this.close(); } });
    listen(until, 'abort', () => this.close());
  }

  // The URL of the last attempt; empty before a function has answered.
  get url() { return this.#href; }

  // 'connecting', 'open', 'away' or 'closed'.
  get state() { return this.#state; }

  // Payload bytes that the server has not acknowledged.
  get bufferedAmount() { return this.#bufferedAmount; }

  // Sends a string, an ArrayBuffer or a view of one, whose bytes are copied. A Blob is a TypeError; anything else is sent as a string. Does
  // nothing after close.
  send(data) {
    const payload = payloadOf(data);
    if (this.#state === 'closed') { return; }
    const size = typeof payload === 'string' ? new TextEncoder().encode(payload).length : payload.length;
    this.#queue.push({ payload, size });
    this.#bufferedAmount += size;
    this.#flush();
  }

  // Ends the session. With 1000 it ends on the server as well, after the sent messages. With a code of 3000 to 4999 the server decides.
  // Throws as WebSocket.close does; the session is then unchanged.
  close(code = 1000, reason = '') {
    [code, reason] = checkedClose(code, reason);
    if (this.#state === 'closed') { return; }
    if (this.#state === 'open') {
      this.#socket.close(code, reason); // the socket's close event ends the session
      this.#state = 'closed';
      clearTimeout(this.#ackTimer);
      clearInterval(this.#ticker);
      this.#removeStored();
    } else {
      this.#detach()?.close(code, reason);
      this.#end(code, reason, false);
    }
  }

  // Connects at once if a delay is running.
  retry() {
    if (this.#state === 'away') { this.#connect(); }
  }

  // The messages from the first call of next() until the session ends. Several iterators get all messages each.
  async *[Symbol.asyncIterator]() {
    const messages = [];
    const listening = new AbortController();
    let wake;
    this.addEventListener('message', ({ data }) => { messages.push(data); wake?.(); }, { signal: listening.signal });
    this.addEventListener('close', () => wake?.(), { signal: listening.signal });
    try {
      while (messages.length || !this.#listening.signal.aborted) {
        if (messages.length) { yield messages.shift(); } else { await new Promise(resolve => { wake = resolve; }); }
      }
    } finally {
      listening.abort();
    }
  }

  // --- connections ---

  #connect() {
    this.#detach()?.close(4400, 'replaced by a new connection');
    this.#state = 'connecting';
    if ([this.#url, this.#protocols, this.#token].some(isFunction)) { this.#ask(); } else { this.#dial(this.#url, this.#protocols); }
    this.#ticker = setInterval(() => this.#tick(), Tick);
    this.#tickedAt = Date.now();
    this.#startWait(ConnectTimeout);
    this.#emit('dial');
  }

  // Asks for what this attempt needs. The timeout of the attempt counts already.
  async #ask() {
    const { signal } = this.#asking = new AbortController();
    try {
      const [url, protocols, token] = await Promise.all([this.#url, this.#protocols, this.#token].map(
        async value => isFunction(value) ? value({ signal }) : value));
      if (!signal.aborted) {
        const all = isFunction(this.#protocols) ? checkedProtocols(protocols) : protocols;
        this.#dial(checkedUrl(url), token ? [...all, `bearer.${token}`] : all);
      }
    } catch (error) {
      if (!signal.aborted) { this.#reconnect(1006, 'no URL, protocols or token for the attempt', error); }
    }
  }

  #dial({ href }, protocols) {
    this.#href = href;
    const socket = this.#socket = new this.#WebSocket(href, protocols);
    this.#asking = null;
    const ifCurrent = action => event => { if (this.#socket === socket) { action(event); } };
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('open', ifCurrent(() => this.#sendHello()));
    socket.addEventListener('message', ifCurrent(event => this.#read(event.data)));
    socket.addEventListener('error', () => {}); // a close follows; Node's ws throws errors that nobody listens to
    socket.addEventListener('close', ifCurrent(event => this.#onClosed(event)));
  }

  #sendHello() {
    if (!Protocols.includes(this.#socket.protocol)) {
      const socket = this.#detach();
      this.#end(4400, 'the server has no sessions at this URL', false);
      socket.close(1000);
      return;
    }

    const { protocol } = this.#socket;
    const reloaded = this.#isReloaded && protocol === ProtocolWithReload ? ' reloaded' : '';
    this.#hasPings = protocol !== ProtocolWithoutPings;
    this.#socket.send(
      this.#identity ? `hello ${this.#identity.token} ${this.#identity.epoch} ${this.#received}${reloaded}` : 'hello');
  }

  #onClosed({ code, reason, wasClean }) {
    const isFinal = FinalCodes.includes(code) || (code >= 3000 && ![Expired, NoHello].includes(code));
    if (this.#state === 'closed' || isFinal) {
      this.#detach();
      this.#end(code, reason, wasClean);
    } else {
      this.#onLost(code, reason);
    }
  }

  #onLost(code, reason, error) {
    this.#detach();
    if (this.#openedAt && Date.now() - this.#openedAt >= StableAfter) { this.#attempt = 0; }
    this.#openedAt = 0;
    this.#state = 'away';
    const isAtOnce = code === Expired && this.#attempt === 0;
    const most = isAtOnce ? 0 : Math.min(BackoffCap, BackoffBase * 2 ** this.#attempt);
    const delay = Math.random() * most;
    this.#attempt++;
    this.#timer = setTimeout(() => this.#connect(), delay);
    this.#emit('away', { attempt: this.#attempt, delay, code, reason, error });
  }

  // Closes this connection and starts another after a delay.
  #reconnect(code, reason, error) {
    this.#detach()?.close(4400, reason);
    this.#onLost(code, reason, error);
  }

  #failProtocol(rule) { this.#reconnect(4400, rule); }

  #end(code, reason, wasClean) {
    this.#state = 'closed';
    this.#removeStored();
    this.#listening.abort();
    const fields = { code, reason, wasClean };
    this.dispatchEvent(
      typeof CloseEvent === 'undefined' ? Object.assign(new Event('close'), fields) : new CloseEvent('close', fields)); // Node.js before 23
  }

  // Detaches the socket, whose events are ignored from now on, and stops the timers of the state.
  #detach() {
    clearTimeout(this.#timer);
    clearTimeout(this.#ackTimer);
    clearInterval(this.#ticker);
    this.#ackTimer = 0;
    const socket = this.#socket;
    this.#asking?.abort();
    this.#socket = this.#asking = null;
    return socket;
  }

  // --- timeouts ---

  #startWait(limit) {
    this.#waited = -Math.min(Math.abs(Date.now() - this.#tickedAt), MaxStep); // the next tick counts from the last one
    this.#waitLimit = limit;
  }

  #shortenWait(limit) { this.#waitLimit = Math.min(this.#waitLimit, this.#waited + limit); }

  // The page has woken, or the network has changed. The last frame may be old, or older than a loss of the network: an answer must come
  // soon. An attempt from before the page came online or was frozen is replaced. A recent attempt continues: a page that loads is also
  // shown and focused. A device that wakes often has its network only seconds later, so the delays start with the shortest.
  #wake(type) {
    const isOld = type === 'online' || Math.abs(Date.now() - this.#tickedAt) > MaxStep;
    if (this.#state === 'open') {
      this.#probe(PongTimeoutWoken);
    } else if (type === 'offline') {
      return;
    } else if (this.#state === 'away' || (this.#state === 'connecting' && isOld)) {
      this.#attempt = 0;
      this.#connect();
    } else if (this.#waited > MaxStep) {
      this.#shortenWait(PongTimeoutWoken);
    }
  }

  // Sends a ping and starts its timeout. Only one ping is open at a time: another call only shortens the timeout. Without pings the wait is
  // for an ack, if one is due.
  #probe(timeout) {
    if (!this.#hasPings && !this.#queue.length) { return; }
    const limit = (this.#hasPings ? timeout : AckTimeoutWithoutPings) * 2 ** this.#silentConnections;
    if (this.#waitLimit) {
      this.#shortenWait(limit);
    } else {
      this.#startWait(limit);
      if (this.#hasPings) { this.#socket.send('ping'); }
    }
  }

  #tick() {
    const now = Date.now();
    const elapsed = Math.abs(now - this.#tickedAt); // the clock may be set back
    const mayTimeOut = elapsed <= MaxStep || this.#wasTickLate; // after a gap, received frames are read before the next tick
    this.#wasTickLate = elapsed > MaxStep;
    this.#tickedAt = now;
    const unsent = this.#socket?.bufferedAmount ?? 0; // there is no socket while the protocols are asked for
    // While the socket still sends, the ping waits behind the unsent bytes, and no time counts.
    this.#waited = unsent < this.#unsent ? 0 : this.#waited + Math.min(elapsed, MaxStep);
    this.#unsent = unsent;
    if (this.#waitLimit) {
      if (mayTimeOut && this.#waited >= this.#waitLimit) {
        this.#silentConnections += this.#state === 'open';
        this.#reconnect(1006, 'no answer in time');
      }
    } else {
      const interval = this.#queue.length ? PingIntervalUnacknowledged : PingInterval;
      if (Math.abs(now - this.#silentSince) >= interval) { this.#probe(PongTimeout); }
    }
  }

  // Only a pong answers a ping. Other frames may have been in transit for long; they restart the timeout.
  #onFrame(word) {
    this.#silentSince = Date.now();
    this.#silentConnections = 0;
    if (word === 'pong' || !this.#hasPings) {
      this.#waitLimit = 0;
    } else if (this.#waitLimit) {
      this.#startWait(PongTimeout);
    }
  }

  // --- receiving ---

  #read(data) {
    if (this.#state === 'closed') { return; }
    const frame = parseFrame(data);
    if (this.#state === 'connecting') {
      if (frame?.word !== 'welcome') { this.#failProtocol('the first frame of a server must be a welcome'); } else { this.#welcome(frame); }
      return;
    }

    this.#onFrame(frame?.word);
    if (frame?.word === 'message') {
      this.#onMessage(frame);
    } else if (frame?.word === 'ack') {
      if (frame.offset > this.#acknowledged + this.#sent) {
        this.#failProtocol('an ack must not acknowledge messages that were not sent');
      } else {
        this.#onAcknowledged(frame.offset);
      }
    } else if (frame?.word === 'ping' && this.#hasPings) {
      this.#socket.send('pong');
    } else if (frame?.word !== 'pong' || !this.#hasPings) {
      this.#failProtocol('a frame is malformed, or not allowed in this state');
    }
  }

  #welcome({ token, epoch, recovered, offset }) {
    const last = this.#acknowledged + this.#queue.length;
    const isValid = recovered === true
      ? this.#identity?.epoch === epoch && (this.#acknowledged === null || (offset >= this.#acknowledged && offset <= last))
      : offset === 0 && (recovered === 'new') === !this.#identity;
    if (!isValid) { this.#failProtocol('the welcome does not answer the hello'); return; }

    this.#waitLimit = 0;
    this.#silentSince = Date.now();
    this.#identity = { token, epoch };
    this.#isReloaded = false;
    this.#state = 'open';
    this.#openedAt = Date.now();
    this.#sent = 0;
    this.#unacknowledgedMessages = this.#unacknowledgedBytes = 0;
    if (recovered === true) {
      this.#acknowledged ??= offset;
      this.#onAcknowledged(offset);
      this.#store();
    } else {
      this.#startSession(recovered === false);
    }

    this.#emit('open', { recovered });
    this.#flush();
  }

  #startSession(isLost) {
    // After a reload the queue has only messages that were never sent, so they are kept.
    const messages = isLost && this.#acknowledged !== null ? this.#queue.splice(0).map(({ payload }) => payload) : [];
    this.#received = this.#acknowledged = 0;
    this.#bufferedAmount = this.#queue.reduce((sum, { size }) => sum + size, 0);
    this.#store();
    if (isLost) {
      this.#emit('reset', { messages: messages.map(payload => typeof payload === 'string' ? payload : payload.buffer) });
    }
  }

  #onMessage({ offset, payload }) {
    if (offset <= this.#received) { return; } // a repeated message
    if (offset > this.#received + 1) { this.#failProtocol('a message is missing before this one'); return; }
    this.#received = offset;
    this.#unacknowledgedMessages++;
    this.#unacknowledgedBytes += typeof payload === 'string' ? payload.length : payload.byteLength;
    this.#acknowledgeInTime();
    this.dispatchEvent(new MessageEvent('message', { data: payload }));
    this.#store();
  }

  // Browsers delay the timers of a background page by up to a minute, so there the ack is sent at once.
  #acknowledgeInTime() {
    if (this.#unacknowledgedMessages >= AckMessages || this.#unacknowledgedBytes >= AckBytes || globalThis.document?.hidden) {
      this.#acknowledge();
    } else {
      this.#ackTimer ||= setTimeout(() => this.#acknowledge(), AckDelay);
    }
  }

  #acknowledge() {
    clearTimeout(this.#ackTimer);
    this.#ackTimer = this.#unacknowledgedMessages = this.#unacknowledgedBytes = 0;
    this.#socket.send(`ack ${this.#received}`);
  }

  // --- sending ---

  // The server has acknowledged all messages up to this offset.
  #onAcknowledged(offset) {
    const count = Math.max(0, offset - this.#acknowledged);
    for (const { size } of this.#queue.splice(0, count)) { this.#bufferedAmount -= size; }
    this.#acknowledged += count;
    this.#sent = Math.max(0, this.#sent - count);
  }

  #flush() {
    while (this.#state === 'open' && this.#sent < this.#queue.length) {
      if (this.#sent === 0) { this.#silentSince = Date.now(); }
      const { payload } = this.#queue[this.#sent++];
      const header = `message ${this.#acknowledged + this.#sent}\n`;
      this.#socket.send(typeof payload === 'string' ? header + payload : concat(new TextEncoder().encode(header), payload));
    }
  }

  // --- storage ---

  #restore() {
    try {
      const { token, epoch, received } = JSON.parse(this.#storage?.getItem(this.#storageKey) ?? '{}');
      if (/^[\w-]{1,256}$/.test(token ?? '') && /^[\w-]{1,64}$/.test(epoch ?? '') && Number.isSafeInteger(received) && received >= 0) {
        this.#identity = { token, epoch };
        this.#received = received;
        this.#acknowledged = null;
        this.#isReloaded = true;
      }
    } catch { /* storage may fail, or hold another value: a new session starts */ }
  }

  #store() {
    if (!this.#storage || this.#state === 'closed') { return; }
    try {
      this.#storage.setItem(this.#storageKey, JSON.stringify({ ...this.#identity, received: this.#received }));
    } catch { /* a reload starts a new session, or finds this one lost */ }
  }

  #removeStored() {
    try { this.#storage?.removeItem(this.#storageKey); } catch { /* nothing can be removed */ }
  }

  #emit(type, detail) { this.dispatchEvent(new CustomEvent(type, { detail })); }
}

// --- frames ---

// Parses a frame; null when it is malformed.
function parseFrame(data) {
  if (data === 'ping' || data === 'pong') { return { word: data }; }
  const isText = typeof data === 'string';
  const bytes = isText ? null : new Uint8Array(data);
  const end = isText ? data.indexOf('\n') : bytes.subarray(0, 32).indexOf(10);
  const header = isText ? (end < 0 ? data : data.slice(0, end)) : String.fromCharCode(...bytes.subarray(0, Math.max(0, end)));
  const [, word, fields] = /^(message|ack|welcome) (.+)$/.exec(header) ?? [];
  const [, token, epoch, recovered, offset] = (word === 'welcome'
    ? /^([\w-]{1,256}) ([\w-]{1,64}) (new|true|false) (0|[1-9]\d{0,18})$/
    : /^()()()([1-9]\d{0,18})$/).exec(fields ?? '') ?? [];
  const isMessage = word === 'message';
  const isOffset = offset !== undefined && Number.isSafeInteger(Number(offset));
  if (!isOffset || isMessage !== (end >= 0) || (!isMessage && !isText)) { return null; }
  return {
    word, token, epoch, offset: Number(offset),
    recovered: recovered === 'new' ? 'new' : recovered === 'true',
    payload: end < 0 ? null : data.slice(end + 1),
  };
}

function payloadOf(data) {
  if (typeof data === 'string') { return data; }
  if (ArrayBuffer.isView(data)) { return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice(); }
  switch (Object.prototype.toString.call(data)) { // unlike instanceof, also for objects of other windows
    case '[object ArrayBuffer]': return new Uint8Array(data).slice();
    case '[object Blob]': case '[object File]':
      throw new TypeError('A Blob cannot be sent in order, because it is read asynchronously; send its arrayBuffer().');
    default: return `${data}`;
  }
}

function concat(header, payload) {
  const frame = new Uint8Array(header.length + payload.length);
  frame.set(header);
  frame.set(payload, header.length);
  return frame;
}

// --- arguments, as the WebSockets Standard checks them ---

const isFunction = value => typeof value === 'function';

// Null in workers, which have no storage, and in pages that may not use it.
function defaultStorage() {
  try { return globalThis.sessionStorage ?? null; } catch { return null; }
}

function checkedUrl(url) {
  let checked;
  try { checked = new URL(url, globalThis.location?.href); } catch { throw errorOf('SyntaxError', 'The URL is malformed.'); }
  checked.protocol = checked.protocol.replace(/^http/, 'ws');
  if (!/^wss?:$/.test(checked.protocol)) { throw errorOf('SyntaxError', 'The URL must be one of ws, wss, http or https.'); }
  if (checked.href.includes('#')) { throw errorOf('SyntaxError', 'The URL must not have a fragment.'); }
  return checked;
}

function checkedProtocols(protocols) {
  const own = typeof protocols === 'string' ? [protocols] : [...protocols];
  const all = [...Protocols, ...own.map(String)];
  const areTokens = all.every(protocol => /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/.test(protocol)); // RFC 6455 §4.1
  if (!areTokens || new Set(all).size < all.length) {
    const offered = Protocols.join(' and ');
    throw errorOf('SyntaxError', `Each subprotocol must be a token and be named once; ${offered} are offered already.`);
  }

  return all;
}

function checkedClose(code, reason) {
  const [number, text] = [Math.round(code), `${reason}`];
  if (number !== 1000 && !(number >= 3000 && number <= 4999)) {
    throw errorOf('InvalidAccessError', 'The close code must be 1000, or 3000 to 4999.');
  }

  if (new TextEncoder().encode(text).length > 123) {
    throw errorOf('SyntaxError', 'The close reason must have at most 123 bytes in UTF-8.');
  }

  return [number, text];
}

function errorOf(name, message) {
  return typeof DOMException === 'undefined' ? Object.assign(new Error(message), { name }) : new DOMException(message, name);
}
