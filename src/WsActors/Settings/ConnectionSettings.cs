using System.IO.Compression;

namespace WsActors.Settings;

/// <summary>The settings of a connection at either end.</summary>
internal static class ConnectionSettings
{
    private static readonly SettingTable<HandshakeOptions> Handshake = new()
    {
        {
            "handshake.timeout", DurationKind.Any, static o => o.Timeout, static (o, v) => o with { Timeout = v },
            "From the socket to the complete request; past it 408, or a close if nothing came. Of a client: to the response."
        },
        {
            "handshake.max-request-line", new SizeKind(16),
            static o => o.MaxRequestLineBytes, static (o, v) => o with { MaxRequestLineBytes = v },
            "Longest request line, or status line of a response; past it 414."
        },
        {
            "handshake.max-header-bytes", new SizeKind(64), static o => o.MaxHeaderBytes, static (o, v) => o with { MaxHeaderBytes = v },
            "Most bytes of all header lines together; past it 431."
        },
        {
            "handshake.max-headers", new CountKind(1), static o => o.MaxHeaders, static (o, v) => o with { MaxHeaders = v },
            "Most header lines; past it 431."
        },
    };

    private static readonly SettingTable<MessageOptions> Message = new()
    {
        {
            "message.max-size", new SizeKind(1), static o => o.MaxBytes, static (o, v) => o with { MaxBytes = v },
            "Longest message, all its fragments together; past it 1009."
        },
        {
            "message.max-fragments", new CountKind(1), static o => o.MaxFragments, static (o, v) => o with { MaxFragments = v },
            "Most fragments of a message, empty ones included; past it 1008."
        },
    };

    private static readonly SettingTable<CompressionOptions> Compression = new()
    {
        {
            "compression.mode",
            new WordKind<MessageCompression>(
                ("off", MessageCompression.Off), ("shared", MessageCompression.Shared), ("dedicated", MessageCompression.Dedicated)),
            static o => o.Mode, static (o, v) => o with { Mode = v },
            "Compression by permessage-deflate with clients that offer it."
        },
        {
            "compression.threshold", new SizeKind(0), static o => o.ThresholdBytes, static (o, v) => o with { ThresholdBytes = v },
            "Shorter messages are sent uncompressed, unless the sender asks for it."
        },
        {
            "compression.level",
            new WordKind<CompressionLevel>(("fastest", CompressionLevel.Fastest), ("optimal", CompressionLevel.Optimal)),
            static o => o.Level, static (o, v) => o with { Level = v },
            "Work that is spent on shorter messages."
        },
        {
            "compression.max-ratio", new OffKind<int>(new CountKind(1)), static o => o.MaxRatio, static (o, v) => o with { MaxRatio = v },
            "Bytes that a message may inflate to for each that came, beyond the first 64 KiB; past it 1009."
        },
    };

    private static readonly SettingTable<RateOptions> Rate = new()
    {
        {
            "rate.max-messages", new OffKind<int>(new CountKind(1)), static o => o.MaxMessages, static (o, v) => o with { MaxMessages = v },
            "Most messages of a connection in a second, pings and pongs included; past it 1008."
        },
        {
            "rate.max-bytes", new OffKind<int>(new SizeKind(1)), static o => o.MaxBytes, static (o, v) => o with { MaxBytes = v },
            "Most bytes of a connection in a second; past it 1008."
        },
    };

    private static readonly SettingTable<SendQueueOptions> SendQueue = new()
    {
        {
            "send-queue.max-size", new SizeKind(1), static o => o.MaxBytes, static (o, v) => o with { MaxBytes = v },
            "Most bytes that wait to be sent; past it 1013, dropped or replaced, as the message says."
        },
        {
            "send-queue.grace", DurationKind.Any, static o => o.Grace, static (o, v) => o with { Grace = v },
            "A full queue's time to drain before 1013; past it the queue is dropped."
        },
        {
            "send-queue.pause-reading-above", new SizeKind(1),
            static o => o.PauseReadingAboveBytes, static (o, v) => o with { PauseReadingAboveBytes = v },
            "Reading pauses, and TCP slows the peer, while more bytes wait to be sent or handled."
        },
        {
            "send-queue.congested-above", new SizeKind(1),
            static o => o.CongestedAboveBytes, static (o, v) => o with { CongestedAboveBytes = v },
            "The handler is told `Ws.Congested` when more bytes wait to be sent."
        },
        {
            "send-queue.writable-below", new SizeKind(0),
            static o => o.WritableBelowBytes, static (o, v) => o with { WritableBelowBytes = v },
            "The handler is told `Ws.Writable` when no more bytes wait again. Less than `congested-above`."
        },
    };

    private static readonly SettingTable<KeepAliveOptions> KeepAlive = new()
    {
        {
            "keep-alive.ping-interval", new OffKind<TimeSpan>(DurationKind.Any),
            static o => o.PingInterval, static (o, v) => o with { PingInterval = v },
            "A ping is sent after this much silence of the peer."
        },
        {
            "keep-alive.pong-timeout", DurationKind.Any, static o => o.PongTimeout, static (o, v) => o with { PongTimeout = v },
            "Any byte must follow a ping in this time; past it 1006 for the handler."
        },
        {
            "keep-alive.idle-timeout", new OffKind<TimeSpan>(DurationKind.Any),
            static o => o.IdleTimeout, static (o, v) => o with { IdleTimeout = v },
            "Longest time without a message either way; past it 1001."
        },
    };

    private static readonly SettingTable<ProgressOptions> Progress = new()
    {
        {
            "progress.partial-frame-timeout", DurationKind.Any,
            static o => o.PartialFrameTimeout, static (o, v) => o with { PartialFrameTimeout = v },
            "A frame that has begun must make `min-bytes-per-second` over this time; past it 1008."
        },
        {
            "progress.partial-message-timeout", new OffKind<TimeSpan>(DurationKind.Any),
            static o => o.PartialMessageTimeout, static (o, v) => o with { PartialMessageTimeout = v },
            "A message that has begun must make `min-bytes-per-second` over this time; past it 1008."
        },
        {
            "progress.write-timeout", DurationKind.Any, static o => o.WriteTimeout, static (o, v) => o with { WriteTimeout = v },
            "Longest time that the kernel may not take a write; past it a reset."
        },
        {
            "progress.min-bytes-per-second", new SizeKind(0),
            static o => o.MinBytesPerSecond, static (o, v) => o with { MinBytesPerSecond = v },
            "Below this rate a frame or message that has begun makes no progress."
        },
    };

    private static readonly SettingTable<HandlerOptions> Handler = new()
    {
        {
            "handler.max-restarts", new CountKind(0), static o => o.MaxRestarts, static (o, v) => o with { MaxRestarts = v },
            "Most restarts of a failing handler in `restart-window`; the next failure closes with 1011."
        },
        {
            "handler.restart-window", DurationKind.Any, static o => o.RestartWindow, static (o, v) => o with { RestartWindow = v },
            "See `max-restarts`."
        },
    };

    /// <summary>In the order in which an error is looked for, and in which the documentation lists them.</summary>
    public static SettingTable<ConnectionOptions> Table { get; } = new()
    {
        { Handshake, static o => o.Handshake, static (o, v) => o with { Handshake = v } },
        { Message, static o => o.Message, static (o, v) => o with { Message = v } },
        { Compression, static o => o.Compression, static (o, v) => o with { Compression = v } },
        { Rate, static o => o.Rate, static (o, v) => o with { Rate = v } },
        { SendQueue, static o => o.SendQueue, static (o, v) => o with { SendQueue = v } },
        { KeepAlive, static o => o.KeepAlive, static (o, v) => o with { KeepAlive = v } },
        { Progress, static o => o.Progress, static (o, v) => o with { Progress = v } },
        {
            "close-timeout", DurationKind.Any, static o => o.CloseTimeout, static (o, v) => o with { CloseTimeout = v },
            "The peer's time to answer a close frame and to close its socket; past it a reset."
        },
        { Handler, static o => o.Handler, static (o, v) => o with { Handler = v } },
    };
}
