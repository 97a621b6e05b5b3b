/** `'new'`: a new session. `true`: the session continues. `false`: the server lost the session, and this one replaces it. */
export type WsSessionRecovery = 'new' | boolean;

export type WsSessionData = string | ArrayBuffer;

/** An event with details, such as `CustomEvent`. */
export interface WsSessionEvent<Detail> extends Event {
  readonly detail: Detail;
}

export interface WsSessionOpen {
  readonly recovered: WsSessionRecovery;
}

export interface WsSessionAway {
  /** The number of failed attempts, from 1. */
  readonly attempt: number;

  /** Milliseconds until the next attempt. */
  readonly delay: number;

  /** The close code (RFC 6455 section 7.4.1); 1006 without one, or after a timeout. */
  readonly code: number;

  readonly reason: string;

  /** The error of a function that was asked for URL, protocols or token. */
  readonly error?: unknown;
}

export interface WsSessionReset {
  /** Sent messages that the server may or may not have received; send again those that may arrive twice. */
  readonly messages: readonly WsSessionData[];
}

export interface WsSessionMessageEvent extends Event {
  readonly data: WsSessionData;
}

export interface WsSessionCloseEvent extends Event {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
}

export interface WsSessionEventMap {
  /** A connection is open. */
  open: WsSessionEvent<WsSessionOpen>;

  /** A message of the server: each once, in order. */
  message: WsSessionMessageEvent;

  /** The connection is lost; the next attempt follows. */
  away: WsSessionEvent<WsSessionAway>;

  /** An attempt starts. */
  dial: WsSessionEvent<null>;

  /** The server has lost the session. An `open` with `false` follows. */
  reset: WsSessionEvent<WsSessionReset>;

  /** The session has ended. */
  close: WsSessionCloseEvent;
}

/** The signal is aborted when the attempt ends without a socket. */
export type WsSessionAsk<Value> = (attempt: { readonly signal: AbortSignal }) => Value | PromiseLike<Value>;

/** The part of `Storage` that a session uses. */
export interface WsSessionStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export interface WsSessionOptions {
  /** Further subprotocols to offer, one or several; or a function that is called before each attempt. */
  protocols?: string | Iterable<string> | WsSessionAsk<string | Iterable<string>>;

  /** Called before each attempt for a bearer token, which is offered as the subprotocol `bearer.<token>`; null for none. */
  token?: WsSessionAsk<string | null | undefined> | null;

  /** The key of the session in storage: a reload of the page resumes it. Without a key the session ends with the page. */
  storageKey?: string | null;

  /** `sessionStorage` by default. */
  storage?: WsSessionStorage | null;

  /** Ends the session. */
  signal?: AbortSignal;

  /** The class of the sockets: `globalThis.WebSocket` by default. */
  WebSocket?: new (url: string, protocols: string[]) => unknown;
}

/** A WebSocket session that outlives its sockets: messages arrive once and in order in both directions, across lost connections. */
export declare class WsSession extends EventTarget implements AsyncIterable<WsSessionData> {
  /** @param url `ws(s):`, `http(s):` or relative to the page; or a function that is called before each attempt. */
  constructor(url: string | URL | WsSessionAsk<string | URL>, options?: WsSessionOptions);

  /** The URL of the last attempt; empty before a function has answered. */
  readonly url: string;

  readonly state: 'connecting' | 'open' | 'away' | 'closed';

  /** Payload bytes that the server has not acknowledged. */
  readonly bufferedAmount: number;

  /** The first `open`. Rejected when the session ends before: an error with `code` and `reason`, or the reason of the abort. */
  readonly opened: Promise<WsSessionRecovery>;

  /** The `close` event. */
  readonly closed: Promise<WsSessionCloseEvent>;

  /** Sends a message: at once, or when there is a connection. Bytes are copied. Does nothing after the end. */
  send(data: string | ArrayBufferLike | ArrayBufferView): void;

  /** Ends the session, on the server as well with 1000. Throws as `WebSocket.close` does. */
  close(code?: number, reason?: string): void;

  /** Connects at once if a delay is running. */
  retry(): void;

  /** The messages from the first `next()` until the session ends. */
  [Symbol.asyncIterator](): AsyncGenerator<WsSessionData, void, undefined>;

  addEventListener<Type extends keyof WsSessionEventMap>(
    type: Type,
    listener: ((this: WsSession, event: WsSessionEventMap[Type]) => void) | { handleEvent(event: WsSessionEventMap[Type]): void } | null,
    options?: boolean | { capture?: boolean; once?: boolean; passive?: boolean; signal?: AbortSignal },
  ): void;

  removeEventListener<Type extends keyof WsSessionEventMap>(
    type: Type,
    listener: ((this: WsSession, event: WsSessionEventMap[Type]) => void) | { handleEvent(event: WsSessionEventMap[Type]): void } | null,
    options?: boolean | { capture?: boolean },
  ): void;
}
