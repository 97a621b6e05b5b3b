using Akka.Actor;
using WsActors.Protocol.Frames;
using WsActors.Runtime;

namespace WsActors.Taps;

/// <summary>
/// The tap of one connection: tells its <see cref="TapActor"/> frames and events, until either bound is reached. It has parsers of its own,
/// so that the connection's are not touched. Owned by its connection.
/// </summary>
internal sealed class ConnectionTap
{
    /// <summary>Told a connection: attaches a tap. Answered with <see cref="Attached"/>; not answered by one that has closed.</summary>
    internal sealed record Attach(Ws.Tap Tap) : INoSerializationVerificationNeeded;

    /// <summary>The tap is attached: frames and events follow.</summary>
    internal sealed record Attached : INoSerializationVerificationNeeded
    {
        private Attached()
        {
        }

        public static Attached Instance { get; } = new();
    }

    /// <summary>Told a connection: the tap of the sender has ended.</summary>
    internal sealed record Detach : INoSerializationVerificationNeeded
    {
        private Detach()
        {
        }

        public static Detach Instance { get; } = new();
    }

    /// <summary>A bound is reached, or the connection has closed: nothing follows.</summary>
    internal sealed record Ended(Ws.TapEndReason Reason) : INoSerializationVerificationNeeded;

    private readonly IActorRef _connection;
    private readonly IActorRef _tapActor;
    private readonly Clock _clock;
    /// <summary>Null when the client's last frame was read before the tap started.</summary>
    private readonly FrameTap? _received;
    private readonly FrameTap _sent;

    private int _entriesLeft;

    /// <summary>Payload bytes that may still be shown.</summary>
    private int _bytesLeft;

    private bool _isCongested;

    private bool _hasEnded;

    /// <param name="connection">The connection.</param>
    /// <param name="tap">The bounds.</param>
    /// <param name="tapActor">Told all.</param>
    /// <param name="clock">The clock of its dates.</param>
    /// <param name="start">The places in the bytes at which it starts.</param>
    public ConnectionTap(IActorRef connection, Ws.Tap tap, IActorRef tapActor, Clock clock, in TapStart start)
    {
        (_connection, _tapActor, _clock, _isCongested) = (connection, tapActor, clock, start.IsCongested);
        (_entriesLeft, _bytesLeft) = (tap.MaxEntries, tap.MaxBytes);
        _received = start.Received is not { } parser ? null : new FrameTap(
            parser, skippedBytes: 0, tap.Payload, (header, shown) => OnFrame(Ws.TapDirection.Received, header, shown));
        _sent = new FrameTap(
            start.Sent, start.SentBytesLeft, tap.Payload, (header, shown) => OnFrame(Ws.TapDirection.Sent, header, shown));
    }

    public bool IsOf(IActorRef tapActor) => _tapActor.Equals(tapActor);

    public void OnReceived(ReadOnlySpan<byte> bytes)
    {
        if (!_hasEnded)
        {
            _received?.Read(bytes);
        }
    }

    public void OnSent(ReadOnlySpan<byte> bytes)
    {
        if (!_hasEnded)
        {
            _sent.Read(bytes);
        }
    }

    /// <summary>Reports whether the send queue is above its high watermark, if that has changed.</summary>
    public void SetCongested(bool isCongested)
    {
        if (isCongested != _isCongested)
        {
            _isCongested = isCongested;
            OnEvent(isCongested ? Ws.TapEventKind.Congested : Ws.TapEventKind.Writable);
        }
    }

    public void OnHandlerTold(int bytes) => OnEvent(Ws.TapEventKind.HandlerTold, bytes);

    public void OnDemanded(int messages) => OnEvent(Ws.TapEventKind.Demanded, messages);

    public void OnHandlerFailed(bool isRestarted) =>
        OnEvent(isRestarted ? Ws.TapEventKind.HandlerRestarted : Ws.TapEventKind.HandlerStopped);

    public void OnClosed(int code, string reason, Ws.Side by)
    {
        Tell(NewEvent(Ws.TapEventKind.Closed) with { Code = code, Reason = reason, By = by });
        End(Ws.TapEndReason.Closed);
    }

    private void OnFrame(Ws.TapDirection direction, in FrameHeader header, byte[] shown)
    {
        var cut = Math.Min(shown.Length, _bytesLeft);
        _bytesLeft -= cut;
        Tell(new Ws.TappedFrame
        {
            Connection = _connection,
            At = _clock.Date,
            Direction = direction,
            Opcode = header.Opcode,
            Fin = header.Fin,
            Rsv1 = header.Rsv1,
            Length = header.PayloadLength,
            Payload = shown.AsMemory(0, cut),
        });
        if (_bytesLeft == 0)
        {
            End(Ws.TapEndReason.Bytes);
        }
    }

    private void OnEvent(Ws.TapEventKind kind, long count = 0) => Tell(NewEvent(kind) with { Count = count });

    private Ws.TappedEvent NewEvent(Ws.TapEventKind kind) => new() { Connection = _connection, At = _clock.Date, Kind = kind };

    private void Tell(object entry)
    {
        if (_hasEnded)
        {
            return;
        }

        _tapActor.Tell(entry, _connection);
        if (--_entriesLeft == 0)
        {
            End(Ws.TapEndReason.Entries);
        }
    }

    private void End(Ws.TapEndReason reason)
    {
        if (!_hasEnded)
        {
            _hasEnded = true;
            _tapActor.Tell(new Ended(reason), _connection);
        }
    }
}
