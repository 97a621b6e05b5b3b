using Akka.Actor;
using WsActors.Manager;
using WsActors.Protocol;
using WsActors.Protocol.Messages;

namespace WsActors.Connection;

/// <summary>How a WebSocket ended, or begins to.</summary>
/// <param name="Code">The close code.</param>
/// <param name="Reason">Why.</param>
/// <param name="By">Who began it.</param>
/// <param name="WasClean">Whether both close frames went.</param>
internal readonly record struct End(int Code, string Reason, Ws.Side By, bool WasClean = false)
{
    /// <summary>The socket ended, or has to, without a close frame.</summary>
    public static End Abnormal(Ws.Side by, string reason) => new(CloseCode.Abnormal, reason, by);
}

/// <summary>What a connection has once its WebSocket is open: the parser, the clocks, the handler, the counts. Owned by its connection.</summary>
internal sealed class Conversation(
    IActorRef connection,
    EndpointOptions options,
    Instruments.OfRoute instruments,
    IActorRef handler,
    bool ownsHandler,
    TimeSpan opened)
{
    private long _bytesReceived;

    private long _bytesSent;

    /// <summary>Queued bytes that the meter knows of.</summary>
    private int _queued;

    public StreamParser Stream { get; } = new(Role.Server, options.Message);

    public Liveness Clocks { get; } = new(options, opened);

    public Pings Pings { get; } = new();

    public Instruments.OfRoute Instruments { get; } = instruments;

    public IActorRef Handler { get; } = handler;

    /// <summary>Whether the handler is the connection's child, and ends with it.</summary>
    public bool OwnsHandler { get; } = ownsHandler;

    public bool IsHandlerGone { get; set; }

    /// <summary>Whether the handler was stopped for failing too often.</summary>
    public bool HasHandlerFailed { get; set; }

    /// <summary>Notes that an actor has stopped.</summary>
    /// <returns>Whether it is the handler.</returns>
    public bool Lost(IActorRef actor)
    {
        var isHandler = actor.Equals(Handler);
        IsHandlerGone |= isHandler;
        return isHandler;
    }

    /// <summary>How the connection ends when its handler has stopped: a child that stops itself has said all it wanted to say.</summary>
    public End EndOfHandler => OwnsHandler && !HasHandlerFailed
        ? new End(CloseCode.Normal, "", Ws.Side.Local)
        : new End(CloseCode.InternalError, "the handler failed", Ws.Side.Local);

    /// <summary>Whether <see cref="Ws.Closed"/> was told: once.</summary>
    public bool IsOver { get; private set; }

    public void Deliver(in StreamEvent message, TimeSpan now)
    {
        _bytesReceived += message.Payload.Length;
        Clocks.Message(now);
        Instruments.Received(message.Payload.Length);
        Handler.Tell(new Ws.Received(connection, message.MessageKind, message.Payload), connection);
    }

    public void CountSent(int bytes, TimeSpan now)
    {
        _bytesSent += bytes;
        Clocks.Message(now);
        Instruments.Sent(bytes);
    }

    public void CountQueued(int bytes)
    {
        Instruments.Queued(bytes - _queued);
        _queued = bytes;
    }

    /// <summary>Tells the handler that it is over, if there still is one.</summary>
    public void Finish(End end, TimeSpan now)
    {
        IsOver = true;
        CountQueued(0);
        Instruments.Closed(end.Code);
        if (!IsHandlerGone)
        {
            Handler.Tell(
                new Ws.Closed(connection, end.Code, end.Reason, end.By, end.WasClean, now - opened, _bytesReceived, _bytesSent),
                connection);
        }
    }
}
