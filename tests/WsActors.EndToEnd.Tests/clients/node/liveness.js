// session.js on a network that fails silently, and in surroundings that lack something, with a simulated page, clock and sockets.
// Arguments: the path of session.js, and the name of a scenario, or none for all. Prints 'ok' and the name, or the failure.
'use strict';

const assert = require('assert');
const fs = require('fs');
const vm = require('vm');

const V1 = 'wsactors.session.v1';
const V2 = 'wsactors.session.v2';
const V3 = 'wsactors.session.v3';
const Second = 1000;
const Minute = 60 * Second;
const Wakings = ['visibilitychange', 'online', 'pageshow', 'focus'];
const code = fs.readFileSync(process.argv[2], 'utf8').replace(/^export class/m, 'class'); // a context has no modules

// Fires timers in the order of their times. A page may be frozen, so that its timers are late, or have them slowed in the background.
class PlayedClock {
  now = 1_700_000_000_000;
  every = 1; // timers fire only at multiples of this number of milliseconds
  timers = new Map();
  #last = 0;

  start(action, delay, interval) {
    this.timers.set(++this.#last, { action, at: this.now + delay, interval });
    return this.#last;
  }

  advance(time) {
    const end = this.now + time;
    for (let next = this.#next(); next && this.#fireTime(next[1]) <= end; next = this.#next()) {
      const [id, timer] = next;
      this.now = Math.max(this.now, this.#fireTime(timer));
      if (timer.interval) { timer.at = this.now + timer.interval; } else { this.timers.delete(id); }
      timer.action();
    }
    this.now = end;
  }

  freeze(time) { this.now += time; }

  #fireTime({ at }) { return Math.ceil(at / this.every) * this.every; }

  #next() { return [...this.timers].sort(([, a], [, b]) => a.at - b.at)[0]; }
}

class PlayedSocket extends EventTarget {
  sent = [];
  bufferedAmount = 0;
  protocol = '';

  constructor(page, offered) {
    super();
    Object.assign(this, { page, offered });
    page.sockets.push(this);
  }

  send(frame) {
    this.sent.push(frame);
    this.page.answer?.(this, frame);
  }

  close(code) { this.closedWith = code; }

  open(protocol) {
    this.protocol = protocol;
    this.dispatchEvent(new Event('open'));
  }

  say(frame) { this.dispatchEvent(new MessageEvent('message', { data: frame })); }

  end(code) { this.dispatchEvent(Object.assign(new Event('close'), { code, reason: '', wasClean: true })); }
}

// A page with a session, whose server speaks the protocol. The server answers all frames at once, until it is silenced.
class Page {
  clock = new PlayedClock();
  sockets = [];
  told = [];
  away = [];
  #listeners = new EventTarget();
  #received = 0;

  // With options the test opens the sockets. Without surroundings there are only a clock and sockets.
  constructor(protocol = V2, options = undefined, { url = '/session', isBare = false } = {}) {
    const page = this;
    const document = { visibilityState: 'visible', hidden: false };
    const listen = (type, action, { signal }) => this.#listeners.addEventListener(type, action, { signal });
    const context = vm.createContext({
      Event, EventTarget, MessageEvent, CustomEvent, AbortController, TextEncoder, URL, DOMException,
      WebSocket: class extends PlayedSocket { constructor(url, offered) { super(page, [...offered]); } },
      Date: { now: () => this.clock.now },
      setTimeout: (action, delay) => this.clock.start(action, delay),
      setInterval: (action, delay) => this.clock.start(action, delay, delay),
      clearTimeout: id => this.clock.timers.delete(id),
      clearInterval: id => this.clock.timers.delete(id),
      ...(isBare ? {} : {
        CloseEvent: class extends Event { constructor(type, fields) { super(type); Object.assign(this, fields); } },
        addEventListener: listen,
        document: Object.assign(document, { addEventListener: listen }),
        location: { href: 'http://page/' },
      }),
    });
    vm.runInContext('Math.random = () => 0.01', context);
    const WsSession = vm.runInContext(`${code}\nWsSession`, context);
    Object.assign(this, { document, protocol });
    this.session = new WsSession(url, options);
    for (const type of ['open', 'away', 'message', 'close']) {
      this.session.addEventListener(type, event => {
        if (type === 'away') { this.away.push(event.detail); }
        this.told.push(event.code ?? event.detail?.code ?? event.data ?? type);
      });
    }
    this.answer = this.#answer;
    if (!options) {
      this.socket.open(protocol);
      this.expectTold('open');
    }
  }

  get socket() { return this.sockets.at(-1); }

  // From now on the existing connections deliver nothing; new ones work.
  silence() {
    const dead = new Set(this.sockets);
    this.answer = (socket, frame) => dead.has(socket) || this.#answer(socket, frame);
  }

  wake(...types) { types.forEach(type => this.#listeners.dispatchEvent(new Event(type))); }

  // Opens the next connection, if the page has dialed.
  advance(time) {
    for (const end = this.clock.now + time; this.clock.now < end;) {
      this.clock.advance(Math.min(100, end - this.clock.now));
      if (this.socket.protocol === '' && this.socket.closedWith === undefined) { this.socket.open(this.protocol); }
    }
  }

  expectTold(...events) { assert.deepStrictEqual(this.told.splice(0), events); }

  expectSent(...frames) { assert.deepStrictEqual(this.socket.sent.splice(0), frames); }

  #answer(socket, frame) {
    const [word, number] = frame.split('\n', 1)[0].split(' ');
    if (word === 'hello') { socket.say(!number ? 'welcome token epoch new 0' : `welcome token epoch true ${this.#received}`); }
    if (word === 'message') { socket.say(`ack ${this.#received = Number(number)}`); }
    if (word === 'ping') { socket.say('pong'); }
  }
}

const scenarios = {
  A_waking_page_on_a_dead_network_disconnects_within_5_seconds_and_its_messages_arrive() {
    for (const waking of Wakings) {
      const page = new Page();
      page.silence();
      page.expectSent('hello');
      page.clock.advance(3.9 * Second);

      page.wake(waking);
      page.session.send('two');

      page.expectSent('ping', 'message 1\ntwo');
      page.clock.advance(4.9 * Second);
      page.expectTold();
      page.advance(1.1 * Second);
      page.expectTold(1006, 'open');
      page.expectSent('hello token epoch 0', 'message 1\ntwo');
      assert.strictEqual(page.session.bufferedAmount, 0);
    }
  },

  A_waking_page_sends_one_ping_and_stays_connected_after_the_pong() {
    const page = new Page();
    const { answer } = page;
    page.answer = null;
    page.expectSent('hello');
    page.wake(...Wakings, ...Wakings);
    page.expectSent('ping');
    page.clock.advance(4.9 * Second);
    page.socket.say('pong');
    page.answer = answer;
    page.clock.advance(10 * Minute);
    page.expectTold();
  },

  A_page_that_wakes_while_it_dials_allows_5_more_seconds() {
    for (const waking of Wakings.filter(type => type !== 'online')) {
      const page = new Page();
      page.socket.end(1012);
      page.clock.advance(3.5 * Second);
      page.wake(waking);
      page.clock.advance(4 * Second);
      page.expectTold(1012);
      page.clock.advance(2 * Second);
      page.expectTold(1006);
      assert.strictEqual(page.sockets.length, 3);
    }
  },

  A_page_that_comes_online_or_wakes_from_a_gap_while_it_dials_dials_again() {
    for (const [gap, waking] of [[0, 'online'], ...Wakings.map(type => [Minute, type])]) {
      const page = new Page();
      page.socket.end(1012);
      page.clock.advance(Second);
      page.clock.freeze(gap);
      page.wake(waking);
      assert.strictEqual(page.sockets.length, 3);
      assert.strictEqual(page.sockets[1].closedWith, 4400);
      page.advance(Second);
      page.expectTold(1012, 'open');
    }
  },

  A_disconnected_page_dials_once_when_it_comes_online() {
    const page = new Page();
    page.socket.end(1012);
    page.wake('online');
    assert.strictEqual(page.sockets.length, 2);
  },

  A_page_shown_and_focused_while_it_loads_keeps_its_first_dial() {
    const page = new Page();
    page.socket.end(1012);
    page.clock.advance(Second);
    page.wake('pageshow', 'focus');
    page.clock.advance(13 * Second);
    page.expectTold(1012);
    assert.strictEqual(page.sockets.length, 2);
  },

  A_hidden_page_does_not_wake() {
    const page = new Page();
    page.expectSent('hello');
    page.document.visibilityState = 'hidden';
    page.wake('visibilitychange');
    page.expectSent();
  },

  A_frame_delayed_by_the_network_does_not_answer_a_ping() {
    const page = new Page();
    page.silence();
    page.wake('focus');
    page.clock.advance(Second);
    page.socket.say('message 1\nold');
    page.advance(12 * Second);
    page.expectTold('old', 1006, 'open');
  },

  A_silent_server_is_pinged_after_25_seconds_and_disconnected_10_seconds_later() {
    const page = new Page();
    page.silence();
    page.expectSent('hello');
    page.clock.advance(24 * Second);
    page.expectSent();
    page.clock.advance(Second);
    page.expectSent('ping');
    page.clock.advance(9.9 * Second);
    page.expectTold();
    page.advance(2 * Second);
    page.expectTold(1006, 'open');
  },

  With_an_unacknowledged_message_the_ping_is_sent_after_5_seconds() {
    const page = new Page();
    page.clock.advance(24 * Second);
    page.silence();
    page.expectSent('hello');
    page.session.send('one');
    page.clock.advance(4 * Second);
    page.expectSent('message 1\none');
    page.clock.advance(1.1 * Second);
    page.expectSent('ping');
    page.advance(12 * Second);
    page.expectTold(1006, 'open');
    assert.strictEqual(page.session.bufferedAmount, 0);
  },

  A_slow_handler_does_not_count_as_silence_while_pings_are_answered() {
    const page = new Page();
    page.answer = (socket, frame) => frame === 'ping' && socket.say('pong');
    page.session.send('takes long');
    page.clock.advance(10 * Minute);
    page.expectTold();
  },

  A_server_that_does_not_read_and_pings_stays_connected() {
    const page = new Page();
    page.silence();
    page.session.send('takes long');
    for (let i = 0; i < 100; i++) {
      page.wake('focus');
      page.clock.advance(3 * Second);
      page.socket.say('ping');
    }
    page.expectTold();
    assert.strictEqual(page.socket.sent.filter(frame => frame === 'pong').length, 100);
    assert.strictEqual(page.socket.sent.filter(frame => frame === 'ping').length, 1);
  },

  An_old_server_is_offered_both_versions_and_gets_no_ping() {
    const page = new Page(V1);
    assert.deepStrictEqual(page.socket.offered, [V3, V2, V1]);
    for (let i = 0; i < 60; i++) {
      page.clock.advance(Minute);
      page.wake(...Wakings);
      page.session.send('x');
    }
    page.expectTold();
    page.expectSent('hello', ...Array.from({ length: 60 }, (_, i) => `message ${i + 1}\nx`));
  },

  An_old_server_has_30_more_seconds_for_an_ack() {
    const page = new Page(V1);
    page.silence();
    page.clock.advance(10 * Minute);
    page.session.send('one');
    page.clock.advance(34 * Second);
    page.wake(...Wakings);
    page.expectTold();
    page.advance(3 * Second);
    page.expectTold(1006, 'open');
    assert.strictEqual(page.session.bufferedAmount, 0);
  },

  A_ping_of_an_old_server_closes_with_4400() {
    const page = new Page(V1);
    page.socket.say('ping');
    page.expectTold(4400);
  },

  A_frozen_page_reads_before_it_disconnects() {
    for (const before of [0, 0.5, 1, 4, 4.9]) {
      const page = new Page();
      page.answer = null;
      page.wake('focus');
      page.clock.advance(before * Second);
      page.clock.freeze(10 * Minute);
      page.clock.advance(0); // the timers fire first
      page.socket.say('pong');
      page.clock.advance(Second);
      page.expectTold();
    }
  },

  A_frozen_page_that_waits_for_its_welcome_reads_before_it_disconnects() {
    const page = new Page();
    page.socket.end(1012);
    page.answer = null;
    page.advance(14 * Second);
    page.clock.freeze(10 * Minute);
    page.clock.advance(0);
    page.socket.say('welcome token epoch true 0');
    page.expectTold(1012, 'open');
  },

  A_connection_without_a_welcome_is_closed_after_15_seconds() {
    const page = new Page();
    page.socket.end(1012);
    page.answer = null;
    page.advance(14.9 * Second);
    page.expectTold(1012);
    page.clock.advance(1.2 * Second);
    page.expectTold(1006);
  },

  A_background_page_with_timers_once_a_minute_stays_connected_and_detects_silence() {
    const page = new Page();
    page.clock.every = Minute;
    page.clock.advance(60 * Minute);
    page.expectTold();
    page.silence();
    page.clock.advance(8 * Minute);
    page.expectTold(1006);
  },

  A_change_of_the_clock_has_no_effect() {
    const page = new Page();
    for (const hours of [-5, 3, 1]) {
      page.clock.freeze(hours * 60 * Minute);
      page.clock.timers.forEach(timer => timer.at += hours * 60 * Minute); // timers do not follow the wall clock
      page.clock.advance(Minute);
    }
    page.expectTold();
    page.silence();
    page.advance(40 * Second);
    page.expectTold(1006, 'open');
  },

  A_long_message_on_a_slow_network_arrives() {
    for (const minutes of [1.5, 5, 30]) {
      const page = new Page();
      const { answer } = page;
      page.answer = (socket, frame) => {
        if (frame.startsWith('hello')) {
          answer.call(page, socket, frame);
          page.clock.start(() => socket.closedWith || socket.say('message 1\nlong'), minutes * Minute); // it is not visible before
        }
      };
      page.socket.end(1012);
      page.advance(4 * minutes * Minute);
      assert.ok(page.told.includes('long'), page.told.join());
    }
  },

  Bytes_that_are_still_sent_restart_the_wait() {
    const page = new Page();
    page.silence();
    page.session.send('long');
    for (let left = 100; left > 0; left--) {
      page.socket.bufferedAmount = left * 1000;
      page.clock.advance(Second);
    }
    page.expectTold();
    page.advance(20 * Second);
    page.expectTold(1006, 'open');
  },

  Only_the_listed_close_codes_are_final() {
    const final = [1000, 1002, 1003, 1007, 1008, 1009, 1010, 3000, 3999, 4000, 4400, 4409, 4999];
    const passing = [1001, 1004, 1005, 1006, 1011, 1012, 1013, 1014, 1015, 1016, 2999, 4401, 4408];
    const stateAfter = closeCode => {
      const page = new Page();
      page.socket.end(closeCode);
      return page.session.state;
    };
    assert.deepStrictEqual([...final, ...passing].filter(closeCode => stateAfter(closeCode) === 'closed'), final);
  },

  async Protocols_are_asked_for_before_each_attempt() {
    let count = 0;
    const page = new Page(V2, { protocols: async () => `token.${++count}` });
    assert.strictEqual(page.sockets.length, 0);
    await settled();
    assert.deepStrictEqual(page.socket.offered, [V3, V2, V1, 'token.1']);
    page.socket.open(V2);

    page.socket.end(1012);
    page.clock.advance(Second);
    await settled();

    assert.deepStrictEqual(page.socket.offered, [V3, V2, V1, 'token.2']);
    page.socket.open(V2);
    page.expectTold('open', 1012, 'open');
  },

  async An_expired_connection_is_replaced_at_once_and_the_next_one_after_a_delay() {
    const delays = [];
    const page = new Page(V2, { protocols: () => 'token' });
    page.session.addEventListener('away', ({ detail }) => delays.push(detail.delay));
    for (let i = 0; i < 2; i++) {
      await settled();
      page.socket.open(V2);
      page.socket.end(4401);
      page.clock.advance(0);
    }

    assert.deepStrictEqual(delays, [0, 10]);
    page.clock.advance(10);
    await settled();
    page.socket.open(V2);
    page.clock.advance(10 * Second);
    page.socket.end(4401);
    assert.deepStrictEqual(delays, [0, 10, 0]);
  },

  async Failing_protocols_are_a_failed_attempt() {
    const fail = () => { throw new Error('told to fail'); };
    const answers = [fail, async () => fail(), () => 'not a token', () => 'a'];
    const page = new Page(V2, { protocols: () => answers.shift()() });
    for (let i = 0; i < 3; i++) {
      await settled();
      assert.strictEqual(page.session.state, 'away');
      page.clock.advance(Second);
    }

    await settled();
    assert.strictEqual(page.sockets.length, 1);
    page.socket.open(V2);
    page.expectTold(1006, 1006, 1006, 'open');
    assert.deepStrictEqual(page.away.map(({ error }) => error.name), ['Error', 'Error', 'SyntaxError']);
  },

  async Protocols_that_do_not_come_in_time_are_a_failed_attempt_and_later_ones_are_ignored() {
    const answers = [];
    const page = new Page(V2, { protocols: () => new Promise(done => answers.push(done)) });
    page.clock.advance(15 * Second);
    page.expectTold(1006);
    page.clock.advance(Second);

    answers[0]('late');
    answers[1]('on-time');
    await settled();

    assert.deepStrictEqual(page.sockets.map(({ offered }) => offered[3]), ['on-time']);
  },

  async A_session_that_is_closed_while_it_asks_opens_no_socket() {
    const answers = [];
    const page = new Page(V2, { protocols: () => new Promise(done => answers.push(done)) });
    page.session.close();
    answers[0]('late');
    await settled();

    assert.deepStrictEqual([page.sockets.length, page.session.state, page.clock.timers.size], [0, 'closed', 0]);
  },

  async A_token_is_asked_for_before_each_attempt_and_an_expired_one_loses_no_message() {
    let count = 0;
    const page = new Page(V3, { protocols: 'chat.v1', token: async () => `${++count}` });
    await settled();
    assert.deepStrictEqual(page.socket.offered, [V3, V2, V1, 'chat.v1', 'bearer.1']);
    page.socket.open(V3);
    page.silence();
    page.session.send('one');
    page.socket.end(4401);
    page.session.send('two');
    page.clock.advance(0);
    await settled();

    assert.deepStrictEqual(page.socket.offered.slice(-1), ['bearer.2']);
    page.socket.open(V3);

    page.expectSent('hello token epoch 0', 'message 1\none', 'message 2\ntwo');
    page.expectTold('open', 4401, 'open');
  },

  async A_function_for_the_URL_is_asked_and_told_when_its_attempt_ends() {
    const signals = [];
    const urls = ['wss://one/', new Promise(() => {}), 'ftp://x/', '/two'];
    const page = new Page(V3, {}, { url: ({ signal }) => { signals.push(signal); return urls.shift(); } });
    assert.strictEqual(page.session.url, '');
    await settled();
    assert.strictEqual(page.session.url, 'wss://one/');
    page.socket.end(1012);
    page.clock.advance(Second);
    page.clock.advance(17 * Second); // the second attempt times out
    await settled();
    page.clock.advance(Second);
    await settled();
    assert.deepStrictEqual(signals.map(({ aborted }) => aborted), [false, true, true, false]);
    assert.strictEqual(page.session.url, 'ws://page/two');
    assert.deepStrictEqual(page.away.map(({ error }) => error?.name), [undefined, undefined, 'SyntaxError']);
  },

  async Opened_and_closed_are_promises_and_messages_can_be_iterated() {
    const page = new Page(V3, {});
    page.socket.open(V3);
    assert.strictEqual(await page.session.opened, 'new');
    const heard = [];
    const reading = (async () => { for await (const data of page.session) { heard.push(data); if (data === 'last') { break; } } })();
    const toTheEnd = (async () => { for await (const data of page.session) { heard.push(data); } })();
    for (const [index, text] of ['one', 'last', 'later'].entries()) { page.socket.say(`message ${index + 1}\n${text}`); }
    await reading;
    page.socket.end(4000);
    await toTheEnd;
    assert.deepStrictEqual(heard.sort(), ['last', 'last', 'later', 'one', 'one']);
    assert.strictEqual((await page.session.closed).code, 4000);
    for await (const data of page.session) { assert.fail(data); }
  },

  async Opened_is_rejected_when_the_session_ends_before() {
    const page = new Page(V3, {});
    page.socket.end(1012);
    page.clock.advance(Second);
    page.socket.end(4000);
    await assert.rejects(page.session.opened, { code: 4000, message: /closed with 4000/ });
  },

  async An_aborted_signal_ends_the_session() {
    for (const isOpen of [false, true]) {
      const aborting = new AbortController();
      const page = new Page(V3, { signal: aborting.signal });
      if (isOpen) { page.socket.open(V3); }
      aborting.abort(new Error('left'));
      assert.deepStrictEqual([page.session.state, page.socket.closedWith, page.clock.timers.size], ['closed', 1000, 0]);
      if (isOpen) { assert.strictEqual(await page.session.opened, 'new'); } else { await assert.rejects(page.session.opened, /left/); }
    }
    assert.throws(() => new Page(V3, { signal: AbortSignal.abort(new Error('left')) }), /left/);
  },

  A_reloaded_page_says_so_until_its_first_welcome_to_servers_that_understand_it() {
    const items = new Map();
    const storage = {
      getItem: key => items.get(key) ?? null, setItem: (key, value) => items.set(key, value), removeItem: key => items.delete(key),
    };
    const options = { storageKey: 'kept', storage };
    const first = new Page(V3, options);
    first.socket.open(V3);
    first.socket.say('message 1\nhi');
    first.expectSent('hello');
    for (const [version, suffix] of [[V1, ''], [V2, ''], [V3, ' reloaded']]) {
      const page = new Page(version, options);
      page.answer = null;
      page.socket.open(version);
      page.expectSent(`hello token epoch 1${suffix}`);
      page.socket.end(1012);
      page.clock.advance(Second);
      page.socket.open(version);
      page.expectSent(`hello token epoch 1${suffix}`);
      page.socket.say('welcome token epoch true 0');
      page.socket.end(1012);
      page.clock.advance(Second);
      page.socket.open(version);
      page.expectSent('hello token epoch 1');
    }
    first.session.close();
    assert.strictEqual(items.size, 0);
  },

  Storage_that_fails_or_holds_another_value_is_tolerated() {
    const fail = () => { throw new Error('told to fail'); };
    const values = ['{', 'null', '7', '{}', '{"token":"a b","epoch":"e","received":1}', '{"token":"t","epoch":"e","received":-1}'];
    for (const getItem of [fail, ...values.map(value => () => value)]) {
      const page = new Page(V3, { storageKey: 'kept', storage: { getItem, setItem: fail, removeItem: fail } });
      page.socket.open(V3);
      page.expectSent('hello');
      page.socket.say('message 1\nhi');
      page.session.close();
      page.socket.end(1000);
      page.expectTold('open', 'hi', 1000);
    }
    const page = new Page(V3, { storageKey: 'kept' }); // there is no sessionStorage
    page.socket.open(V3);
    page.expectTold('open');
  },

  Neither_document_nor_location_nor_events_of_a_page_are_needed() {
    const page = new Page(V3, {}, { url: 'https://example.com/chat', isBare: true });
    assert.strictEqual(page.session.url, 'wss://example.com/chat');
    page.socket.open(V3);
    page.socket.say('message 1\nhi');
    page.clock.advance(Second);
    page.expectSent('hello', 'ack 1');
    page.socket.end(1000);
    page.expectTold('open', 'hi', 1000);
    assert.throws(() => new Page(V3, {}, { isBare: true }), { name: 'SyntaxError' });
    assert.throws(() => new Page(V3, { WebSocket: null }), /no WebSocket/);
  },

  A_page_that_goes_offline_pings_at_once_and_disconnects_within_5_seconds() {
    const page = new Page();
    page.silence();
    page.expectSent('hello');
    page.wake('offline');
    page.expectSent('ping');
    page.advance(6 * Second);
    page.expectTold(1006, 'open');
    page.socket.end(1012);
    page.wake('offline'); // without a connection it changes nothing
    assert.strictEqual(page.session.state, 'away');
  },

  The_delays_start_anew_when_a_page_wakes() {
    const page = new Page();
    for (let i = 0; i < 12; i++) { page.socket.end(1006); page.clock.advance(Second); }
    assert.strictEqual(page.away.at(-1).delay, 300);
    page.socket.end(1006);
    page.wake('online'); // the network is not there yet
    page.socket.end(1006);
    assert.deepStrictEqual([page.away.at(-1).delay, page.away.at(-1).attempt], [5, 1]);
  },

  An_ended_session_has_no_timers() {
    const endings = [page => page.socket.end(1000), page => page.session.close(), page => { page.socket.end(1012); page.session.close(); }];
    for (const end of endings) {
      const page = new Page();
      page.session.send('x');
      page.socket.say('message 1\nx');
      end(page);
      assert.strictEqual(page.clock.timers.size, 0);
      page.wake(...Wakings);
      assert.strictEqual(page.clock.timers.size, 0);
    }
  },
};

// All promises that can be are settled.
const settled = () => new Promise(setImmediate);

async function main() {
  const [, , , wanted] = process.argv;
  for (const name of wanted ? [wanted] : Object.keys(scenarios)) {
    try {
      await scenarios[name]();
      console.log('ok', name);
    } catch (e) {
      console.log('failed', name, e.message.replaceAll('\n', ' '));
    }
  }

  console.log('done');
}

main();
