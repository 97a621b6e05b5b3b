// A WebSocket that outlives its sockets: what is sent arrives once and in order, and so does what comes, whatever breaks in between. The
// server has to speak wsactors.session.v2, or .v1, as src/WsActors/Sessions/README.md describes them. With v2 a network that falls silent
// is noticed, too, and at once when the page wakes; with v1 only while something is unacknowledged.
//
//   const session = new WsSession('/chat/tea', { storageKey: 'tea' });
//   session.addEventListener('message', event => show(event.data));
//   session.send('hello');                                  // at any time: it leaves when there is a connection
//
// state: connecting --welcome--> open --lost--> away --time, retry(), page woken--> connecting
//             \--lost--> away      \--close(), or closed for good--> closed
//
// Events:
//   open     there is a connection. detail.recovered: 'new' for a new session, true if it goes on, false if the server lost it and this is another
//   message  data: a string or an ArrayBuffer
//   away     the connection is lost. detail: attempt, delay (milliseconds until it), code and reason of the loss: 1006 without an answer in time
//   dial     the attempt begins
//   reset    before an open with false. detail.messages: what the server may or may not have had; send again what is safe to come twice
//   close    it is over: code, reason, wasClean
'use strict';

class WsSession extends EventTarget {
  static #Pinging = 'wsactors.session.v2'; // the server answers pings, and may send them
  static #Protocols = [WsSession.#Pinging, 'wsactors.session.v1'];

  // Milliseconds. A page does not see the pings of RFC 6455: after so much silence it sends its own, and gives up a connection where none is
  // answered.
  static #ConnectTimeout = 15_000; // from dialling to the welcome
  static #PingInterval = 25_000;
  static #PingIntervalUnacknowledged = 5_000; // while something that it sent is not acknowledged
  static #PongTimeout = 10_000;
  static #PongTimeoutWoken = 5_000;      // for a page that has just woken: somebody waits
  static #AckTimeoutWithoutPings = 30_000;
  // These three double with each connection in a row that was given up, without end: a long message on a slow network comes.

  static #Tick = 1_000;    // between two looks at these
  static #MaxStep = 2_000; // a page that is frozen, or whose timers are slowed, does not listen: no more of a gap between two ticks counts

  // Full jitter: everyone who lost the same server comes back spread over the whole window.
  static #BackoffBase = 500;
  static #BackoffCap = 30_000;
  static #Settled = 10_000; // a connection that lasted this long was a good one: the next loss begins with short waits again

  // An ack is due at the latest after so many messages, so many bytes, or so many milliseconds.
  static #AckMessages = 32;
  static #AckBytes = 65_536;
  static #AckDelay = 200;

  // It is over, or would only end the same again; and so with the codes of applications, 3000 to 4999, but for 4408. Any other code passes.
  static #FinalCodes = [1000, 1002, 1003, 1007, 1008, 1009, 1010];
  static #NoHello = 4408;

  #url;
  #protocols;
  #storageKey;
  #state = 'connecting';
  #socket = null;       // the one whose events count
  #timer = 0;           // the wait for the next attempt
  #ackTimer = 0;
  #ticker = 0;
  #tickedAt = 0;
  #isLate = false;      // whether the last tick came after a gap
  #quietSince = 0;      // when a frame came last, or the first one left that is not acknowledged
  #waited = 0;          // how long it has listened for the answer that it waits for: the welcome, or the pong
  #waitLimit = 0;       // how long it does; 0 while it waits for none
  #unsent = 0;          // bytes that the socket had not sent at the last tick
  #givenUp = 0;         // connections in a row that fell silent
  #hasPings = false;
  #attempt = 0;         // failed attempts since the last good connection
  #openedAt = 0;
  #name = null;         // what the server knows the session by: token and epoch; null before there is one
  #received = 0;        // the last message that came
  #owedMessages = 0;    // what came, and the server does not know of
  #owedBytes = 0;
  #acknowledged = 0;    // the last of our messages that the server has; null where only it can say: this page did not send them
  #queue = [];          // those behind it, as data and size
  #sent = 0;            // how many of these left over this connection
  #bufferedAmount = 0;
  #listening = new AbortController();

  // url: ws(s):, http(s): or relative to the page. storageKey: where sessionStorage keeps the session, so that a reload of the page resumes it; without
  // one it ends with the page. protocols: more subprotocols to offer, one or several. Throws what WebSocket throws.
  constructor(url, { storageKey = null, protocols = [] } = {}) {
    super();
    this.#url = WsSession.#checkedUrl(url);
    this.#protocols = WsSession.#checkedProtocols(typeof protocols === 'string' ? [protocols] : [...protocols]);
    this.#storageKey = storageKey;
    this.#restore();
    this.#connect(); // a WebSocket that cannot be made leaves no listener behind
    const signal = this.#listening.signal;
    for (const type of ['online', 'pageshow', 'focus']) { addEventListener(type, () => this.#wake(type), { signal }); }
    document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') { this.#wake(); } }, { signal });
    addEventListener('pagehide', event => { if (!event.persisted && !this.#storageKey) { this.close(); } }, { signal });
  }

  get url() { return this.#url.href; }

  // 'connecting', 'open', 'away' or 'closed'.
  get state() { return this.#state; }

  // Payload bytes that the server has not acknowledged.
  get bufferedAmount() { return this.#bufferedAmount; }

  // A string, an ArrayBuffer, or a view of one, whose bytes are copied; a Blob is a TypeError, anything else is sent as a string. Once it
  // is closed, nothing happens.
  send(data) {
    const payload = WsSession.#payload(data);
    if (this.#state === 'closed') { return; }
    const size = typeof payload === 'string' ? new TextEncoder().encode(payload).length : payload.length;
    this.#queue.push({ payload, size });
    this.#bufferedAmount += size;
    this.#flush();
  }

  // With 1000 the session ends on the server, too, behind what was sent; with a code of 3000 to 4999 it is left to the server. Throws what
  // WebSocket.close throws, and then nothing has changed.
  close(code = 1000, reason = '') {
    [code, reason] = WsSession.#checkedClose(code, reason);
    if (this.#state === 'closed') { return; }
    if (this.#state === 'open') {
      this.#socket.close(code, reason); // its close event ends it
      this.#state = 'closed';
      clearTimeout(this.#ackTimer);
      clearInterval(this.#ticker);
      this.#forget();
    } else {
      this.#drop()?.close(code, reason);
      this.#end(code, reason, false);
    }
  }

  // Connects now, if it waits to.
  retry() {
    if (this.#state === 'away') { this.#connect(); }
  }

  // --- connections ---

  #connect() {
    this.#drop()?.close(4400, 'dialled anew');
    this.#state = 'connecting';
    const socket = this.#socket = new WebSocket(this.#url, this.#protocols);
    const ifCurrent = action => event => { if (this.#socket === socket) { action(event); } };
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('open', ifCurrent(() => this.#greet()));
    socket.addEventListener('message', ifCurrent(event => this.#read(event.data)));
    socket.addEventListener('close', ifCurrent(event => this.#closed(event)));
    this.#ticker = setInterval(() => this.#tick(), WsSession.#Tick);
    this.#tickedAt = Date.now();
    this.#await(WsSession.#ConnectTimeout);
    this.#tell('dial');
  }

  #greet() {
    if (!WsSession.#Protocols.includes(this.#socket.protocol)) {
      const socket = this.#drop();
      this.#end(4400, 'the server has no sessions there', false);
      socket.close(1000);
      return;
    }

    this.#hasPings = this.#socket.protocol === WsSession.#Pinging;
    this.#socket.send(this.#name ? `hello ${this.#name.token} ${this.#name.epoch} ${this.#received}` : 'hello');
  }

  #closed({ code, reason, wasClean }) {
    const isFinal = WsSession.#FinalCodes.includes(code) || (code >= 3000 && code !== WsSession.#NoHello);
    if (this.#state === 'closed' || isFinal) {
      this.#drop();
      this.#end(code, reason, wasClean);
    } else {
      this.#lose(code, reason);
    }
  }

  #lose(code, reason) {
    this.#drop();
    if (this.#openedAt && Date.now() - this.#openedAt >= WsSession.#Settled) { this.#attempt = 0; }
    this.#openedAt = 0;
    this.#state = 'away';
    const delay = Math.random() * Math.min(WsSession.#BackoffCap, WsSession.#BackoffBase * 2 ** this.#attempt++);
    this.#timer = setTimeout(() => this.#connect(), delay);
    this.#tell('away', { attempt: this.#attempt, delay, code, reason });
  }

  // This connection is of no use; another may be.
  #giveUp(code, reason) {
    this.#drop().close(4400, reason);
    this.#lose(code, reason);
  }

  #broken(rule) { this.#giveUp(4400, rule); }

  #end(code, reason, wasClean) {
    this.#state = 'closed';
    this.#forget();
    this.#listening.abort();
    this.dispatchEvent(new CloseEvent('close', { code, reason, wasClean }));
  }

  // Forgets the socket and the timers of the state that ends.
  #drop() {
    clearTimeout(this.#timer);
    clearTimeout(this.#ackTimer);
    clearInterval(this.#ticker);
    this.#ackTimer = 0;
    const socket = this.#socket;
    this.#socket = null;
    return socket;
  }

  // --- whether the server is there ---

  #await(limit) {
    this.#waited = -Math.min(Math.abs(Date.now() - this.#tickedAt), WsSession.#MaxStep); // the next tick counts from the last one
    this.#waitLimit = limit;
  }

  #waitNoLongerThan(limit) { this.#waitLimit = Math.min(this.#waitLimit, this.#waited + limit); }

  // What was heard last may be long ago, or from before the network went: an answer has to come soon. So may a dial be: from before the page
  // came online, or was frozen, it is of no use. A young one is left in peace: a page that loads is shown and focused, too.
  #wake(type) {
    const isOld = type === 'online' || Math.abs(Date.now() - this.#tickedAt) > WsSession.#MaxStep;
    if (this.#state === 'open') {
      this.#probe(WsSession.#PongTimeoutWoken);
    } else if (this.#state === 'away' || (this.#state === 'connecting' && isOld)) {
      this.#connect();
    } else if (this.#waited > WsSession.#MaxStep) {
      this.#waitNoLongerThan(WsSession.#PongTimeoutWoken);
    }
  }

  // One ping at a time: while there is one, it is only given less time. Without pings it waits for an ack, if one is due.
  #probe(timeout) {
    if (!this.#hasPings && !this.#queue.length) { return; }
    const limit = (this.#hasPings ? timeout : WsSession.#AckTimeoutWithoutPings) * 2 ** this.#givenUp;
    if (this.#waitLimit) {
      this.#waitNoLongerThan(limit);
    } else {
      this.#await(limit);
      if (this.#hasPings) { this.#socket.send('ping'); }
    }
  }

  #tick() {
    const now = Date.now();
    const elapsed = Math.abs(now - this.#tickedAt); // clocks are set back, too
    const mayJudge = elapsed <= WsSession.#MaxStep || this.#isLate; // after a gap, what came meanwhile is read before the next tick
    this.#isLate = elapsed > WsSession.#MaxStep;
    this.#tickedAt = now;
    const unsent = this.#socket.bufferedAmount;
    this.#waited = unsent < this.#unsent ? 0 : this.#waited + Math.min(elapsed, WsSession.#MaxStep); // a ping is behind what still leaves
    this.#unsent = unsent;
    if (this.#waitLimit) {
      if (mayJudge && this.#waited >= this.#waitLimit) {
        this.#givenUp += this.#state === 'open';
        this.#giveUp(1006, 'no answer in time');
      }
    } else if (Math.abs(now - this.#quietSince) >= (this.#queue.length ? WsSession.#PingIntervalUnacknowledged : WsSession.#PingInterval)) {
      this.#probe(WsSession.#PongTimeout);
    }
  }

  // Only the pong answers a ping: other frames may have been on their way for long. They give it time.
  #heard(word) {
    this.#quietSince = Date.now();
    this.#givenUp = 0;
    if (word === 'pong' || !this.#hasPings) {
      this.#waitLimit = 0;
    } else if (this.#waitLimit) {
      this.#await(WsSession.#PongTimeout);
    }
  }

  // --- what comes ---

  #read(data) {
    if (this.#state === 'closed') { return; }
    const frame = WsSession.#parse(data);
    if (this.#state === 'connecting') {
      if (frame?.word !== 'welcome') { this.#broken('the first frame of a server is a welcome'); } else { this.#welcome(frame); }
      return;
    }

    this.#heard(frame?.word);
    if (frame?.word === 'message') {
      this.#take(frame);
    } else if (frame?.word === 'ack') {
      if (frame.offset > this.#acknowledged + this.#sent) { this.#broken('what was not sent cannot be acknowledged'); } else { this.#settle(frame.offset); }
    } else if (frame?.word === 'ping' && this.#hasPings) {
      this.#socket.send('pong');
    } else if (frame?.word !== 'pong' || !this.#hasPings) {
      this.#broken('a frame is malformed, or out of place');
    }
  }

  #welcome({ token, epoch, recovered, offset }) {
    const fits = recovered === true
      ? this.#name?.epoch === epoch && (this.#acknowledged === null || (offset >= this.#acknowledged && offset <= this.#acknowledged + this.#queue.length))
      : offset === 0 && (recovered === 'new') === !this.#name;
    if (!fits) { this.#broken('the welcome does not answer the hello'); return; }

    this.#waitLimit = 0;
    this.#quietSince = Date.now();
    this.#name = { token, epoch };
    this.#state = 'open';
    this.#openedAt = Date.now();
    this.#sent = 0;
    this.#owedMessages = this.#owedBytes = 0;
    if (recovered === true) {
      this.#acknowledged ??= offset;
      this.#settle(offset);
      this.#store();
    } else {
      this.#begin(recovered === false);
    }

    this.#tell('open', { recovered });
    this.#flush();
  }

  #begin(isLost) {
    // What a page that was loaded since wants to send has never left.
    const messages = isLost && this.#acknowledged !== null ? this.#queue.splice(0).map(({ payload }) => payload) : [];
    this.#received = this.#acknowledged = 0;
    this.#bufferedAmount = this.#queue.reduce((sum, { size }) => sum + size, 0);
    this.#store();
    if (isLost) {
      this.#tell('reset', { messages: messages.map(payload => typeof payload === 'string' ? payload : payload.buffer) });
    }
  }

  #take({ offset, payload }) {
    if (offset <= this.#received) { return; } // it came before
    if (offset > this.#received + 1) { this.#broken('a message is missing before this one'); return; }
    this.#received = offset;
    this.#owedMessages++;
    this.#owedBytes += typeof payload === 'string' ? payload.length : payload.byteLength;
    this.#acknowledgeInTime();
    this.dispatchEvent(new MessageEvent('message', { data: payload }));
    this.#store();
  }

  // A page in the background has its timers slowed, up to a minute each: there an ack does not wait for one.
  #acknowledgeInTime() {
    if (this.#owedMessages >= WsSession.#AckMessages || this.#owedBytes >= WsSession.#AckBytes || document.hidden) {
      this.#acknowledge();
    } else {
      this.#ackTimer ||= setTimeout(() => this.#acknowledge(), WsSession.#AckDelay);
    }
  }

  #acknowledge() {
    clearTimeout(this.#ackTimer);
    this.#ackTimer = this.#owedMessages = this.#owedBytes = 0;
    this.#socket.send(`ack ${this.#received}`);
  }

  // --- what leaves ---

  // The server has all up to this message.
  #settle(offset) {
    const count = Math.max(0, offset - this.#acknowledged);
    for (const { size } of this.#queue.splice(0, count)) { this.#bufferedAmount -= size; }
    this.#acknowledged += count;
    this.#sent = Math.max(0, this.#sent - count);
  }

  #flush() {
    while (this.#state === 'open' && this.#sent < this.#queue.length) {
      if (this.#sent === 0) { this.#quietSince = Date.now(); }
      const { payload } = this.#queue[this.#sent++];
      const header = `message ${this.#acknowledged + this.#sent}\n`;
      this.#socket.send(typeof payload === 'string' ? header + payload : WsSession.#concat(new TextEncoder().encode(header), payload));
    }
  }

  // --- what the tab remembers ---

  #restore() {
    if (!this.#storageKey) { return; }
    try {
      const { token, epoch, received } = JSON.parse(sessionStorage.getItem(this.#storageKey)) ?? {};
      if (token && epoch && Number.isSafeInteger(received)) {
        this.#name = { token, epoch };
        this.#received = received;
        this.#acknowledged = null;
      }
    } catch { /* storage may be forbidden, or hold something else: a new session begins */ }
  }

  #store() {
    if (!this.#storageKey || this.#state === 'closed') { return; }
    try { sessionStorage.setItem(this.#storageKey, JSON.stringify({ ...this.#name, received: this.#received })); } catch { /* a reload starts a new session */ }
  }

  #forget() {
    if (!this.#storageKey) { return; }
    try { sessionStorage.removeItem(this.#storageKey); } catch { /* nothing was stored */ }
  }

  // --- frames ---

  // What a frame says; null for one that is malformed.
  static #parse(data) {
    if (data === 'ping' || data === 'pong') { return { word: data }; }
    const isText = typeof data === 'string';
    const bytes = isText ? null : new Uint8Array(data);
    const end = isText ? data.indexOf('\n') : bytes.subarray(0, 32).indexOf(10);
    const header = isText ? (end < 0 ? data : data.slice(0, end)) : String.fromCharCode(...bytes.subarray(0, Math.max(0, end)));
    const [, word, fields] = /^(message|ack|welcome) (.+)$/.exec(header) ?? [];
    const [, token, epoch, recovered, offset] = (word === 'welcome'
      ? /^([\w-]{1,256}) ([\w-]{1,64}) (new|true|false) (0|[1-9]\d{0,18})$/
      : /^()()()([1-9]\d{0,18})$/).exec(fields ?? '') ?? [];
    if (offset === undefined || !Number.isSafeInteger(Number(offset)) || (word === 'message') !== (end >= 0) || (word !== 'message' && !isText)) { return null; }
    return {
      word, token, epoch, offset: Number(offset),
      recovered: recovered === 'new' ? 'new' : recovered === 'true',
      payload: end < 0 ? null : data.slice(end + 1),
    };
  }

  static #payload(data) {
    if (typeof data === 'string') { return data; }
    if (ArrayBuffer.isView(data)) { return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice(); }
    switch (Object.prototype.toString.call(data)) { // of any window
      case '[object ArrayBuffer]': return new Uint8Array(data).slice();
      case '[object Blob]': case '[object File]':
        throw new TypeError('A Blob is read later, so it cannot be sent in order; send its arrayBuffer().');
      default: return `${data}`;
    }
  }

  static #concat(header, payload) {
    const frame = new Uint8Array(header.length + payload.length);
    frame.set(header);
    frame.set(payload, header.length);
    return frame;
  }

  // --- arguments, as the WebSockets Standard checks them ---

  static #checkedUrl(url) {
    let checked;
    try { checked = new URL(url, location.href); } catch { throw WsSession.#error('SyntaxError', 'The URL is malformed.'); }
    checked.protocol = checked.protocol.replace(/^http/, 'ws');
    if (!/^wss?:$/.test(checked.protocol)) { throw WsSession.#error('SyntaxError', 'The URL is one of ws, wss, http or https.'); }
    if (checked.href.includes('#')) { throw WsSession.#error('SyntaxError', 'The URL has no fragment.'); }
    return checked;
  }

  static #checkedProtocols(protocols) {
    const all = [...WsSession.#Protocols, ...protocols.map(String)];
    const areTokens = all.every(protocol => /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/.test(protocol)); // RFC 6455 §4.1
    if (!areTokens || new Set(all).size < all.length) {
      throw WsSession.#error('SyntaxError', `A subprotocol is a token, and is named once; ${WsSession.#Protocols.join(' and ')} are offered already.`);
    }

    return all;
  }

  static #checkedClose(code, reason) {
    const [number, text] = [Math.round(code), `${reason}`];
    if (number !== 1000 && !(number >= 3000 && number <= 4999)) {
      throw WsSession.#error('InvalidAccessError', 'A close code is 1000, or 3000 to 4999.');
    }

    if (new TextEncoder().encode(text).length > 123) {
      throw WsSession.#error('SyntaxError', 'A close reason has at most 123 bytes of UTF-8.');
    }

    return [number, text];
  }

  static #error(name, message) {
    return typeof DOMException === 'undefined' ? Object.assign(new Error(message), { name }) : new DOMException(message, name);
  }

  #tell(type, detail) { this.dispatchEvent(new CustomEvent(type, { detail })); }
}
