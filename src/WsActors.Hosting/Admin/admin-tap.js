// The tap in the details of one connection: its frames and events as rows, for a bounded time.
//
// idle --the dialog is confirmed--> starting --done--> running --tapEnded, or the page lost its connection--> ended
//                                       \--failed--> ended                  each state --the details are closed--> idle
//
// Loaded before admin.js, whose functions it calls later. Payloads and close reasons are untrusted: they enter the page as text only.
'use strict';

class Tap {
  constructor() {
    this.clock = new Intl.DateTimeFormat('en-GB', {
      hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3,
    });
    this.isGone = false; // the connection is closed
    this.set('idle');
    $('detail-tap').addEventListener('click', () => this.ask());
    $('tap-stop').addEventListener('click', () => this.stop());
    $('detail').addEventListener('close', () => { this.stop(); this.set('idle'); });
  }

  set(state, sentence = '') {
    this.state = state;
    if (state === 'idle' || state === 'starting') {
      this.id = 0; // of the question that started the tap: its entries have the same
      $('tap-entries').replaceChildren();
    }
    $('tap').hidden = state === 'idle';
    setText($('tap-state'), sentence);
    // A button that is gone or disabled loses the focus.
    const hadFocus = document.activeElement === $('tap-stop');
    $('tap-stop').hidden = state !== 'starting' && state !== 'running';
    this.show();
    if (hadFocus && $('tap-stop').hidden) { $('tap-entries').focus(); }
  }

  show(isGone = this.isGone) {
    this.isGone = isGone;
    $('detail-tap').hidden = !welcome?.tap;
    $('detail-tap').disabled = isGone || !detail.row || this.state === 'starting' || this.state === 'running';
  }

  ask() {
    const row = detail.row;
    if (!row || !welcome.tap) { return; }
    const { seconds, entries, payload } = welcome.tap;
    const dialog = $('tap-confirm');
    setText($('tap-confirm-text'), `Frames and events of the connection of ${nameOf(row)} at ${row.route} are shown for ${seconds} s, `
      + `at most ${number(entries)} of them. The tap is logged, with your name: ${welcome.who}.`);
    setText($('tap-payload-text'), `Show the first ${count(payload, 'byte')} of each payload`);
    $('tap-payload').checked = false;
    setText($('tap-confirm-do'), `Tap for ${seconds} s`);
    dialog.returnValue = 'cancel';
    dialog.addEventListener('close', () => {
      if (dialog.returnValue === 'do' && $('detail').open) { this.start(row.connection, $('tap-payload').checked); }
    }, { once: true });
    dialog.showModal();
  }

  async start(connection, payload) {
    this.set('starting', 'Starting…');
    $('tap-stop').focus();
    const run = this.run = {};
    const answer = await request({ type: 'tap', connection, payload });
    if (this.run !== run || this.state !== 'starting') { return; } // the details were closed meanwhile
    if (answer.type === 'done') {
      this.id = answer.id;
      this.set('running', `Shown for ${welcome.tap.seconds} s${payload ? ', with payloads' : ''}.`);
    } else {
      this.set('ended', answer.reason);
    }
  }

  stop() {
    if (this.state === 'starting' || this.state === 'running') { send({ type: 'endTap' }); }
  }

  // The page has lost its connection; the server ends the tap then.
  lost() {
    if (this.state === 'running') { this.set('ended', 'The page lost its connection: the tap has ended.'); }
  }

  add(message) {
    if (message.id !== this.id) { return; }
    const list = $('tap-entries');
    const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
    list.append(...message.entries.map(entry => this.row(entry)));
    if (isAtEnd) { list.scrollTop = list.scrollHeight; }
  }

  end(message) {
    if (message.id === this.id && this.state === 'running') { this.set('ended', message.text); }
  }

  row(entry) {
    const row = element('li', entry.type);
    row.append(element('span', 'at', this.clock.format(entry.at)), ...entry.type === 'frame' ? this.frame(entry) : this.event(entry));
    return row;
  }

  frame(entry) {
    const isReceived = entry.direction === 'Received';
    const arrow = element('span', `arrow ${isReceived ? 'in' : 'out'}`, isReceived ? '↓' : '↑');
    arrow.setAttribute('aria-hidden', 'true');
    const parts = [
      arrow, element('span', 'hidden-text', isReceived ? 'received' : 'sent'), element('span', 'what', entry.opcode),
      element('span', 'flags', [!entry.fin && 'no FIN', entry.rsv1 && 'RSV1'].filter(Boolean).join(' ')),
      element('span', 'length', size(entry.length)),
    ];
    if (entry.payload) {
      const more = entry.payload.length / 2 < entry.length ? ' …' : '';
      parts.push(element('code', '', entry.payload.match(/../g).join(' ') + more), element('bdi', '', Tap.textOf(entry.payload) + more));
    }
    return parts;
  }

  event(entry) {
    const by = { Local: 'the server', Peer: 'the client' }[entry.by] ?? entry.by;
    const words = {
      Congested: 'send queue congested',
      Writable: 'send queue writable',
      HandlerTold: `handler told ${size(entry.count)}`,
      HandlerRestarted: 'handler failed, restarted',
      HandlerStopped: 'handler failed, stopped',
      Demanded: `handler demands ${count(entry.count, 'message')}`,
      Closed: `closed with ${entry.code} by ${by}`,
    }[entry.kind] ?? entry.kind;
    const dot = element('span', 'arrow', '·');
    dot.setAttribute('aria-hidden', 'true');
    return [dot, element('span', 'what', words), ...entry.reason ? [element('bdi', '', Tap.visible(entry.reason))] : []];
  }

  // What is no UTF-8 is shown as U+FFFD: the bytes stand beside it.
  static textOf(hex) {
    return Tap.visible(new TextDecoder().decode(Uint8Array.from(hex.match(/../g), pair => Number.parseInt(pair, 16))));
  }

  // Control characters and those that turn the direction of the text are shown as dots.
  static visible(text) {
    return text.replace(/[\p{Cc}\p{Cf}]/gu, '·');
  }
}
