using WsActors.Topics;

namespace WsActors.Connection;

/// <summary>What a handler of its own was told of the connection that it has. Written by the connection, read by the handler when it is made anew.</summary>
internal sealed class LastOpened
{
    private volatile Ws.Opened? _value;

    private volatile bool _isOver;

    private long _stashedBytes;

    private PublishBacklog? _published;

    /// <summary>Null before there was a connection.</summary>
    public Ws.Opened? Value => _value;

    /// <summary>Whether <see cref="Ws.Closed"/> was told, or is about to be.</summary>
    public bool IsOver => _isOver;

    /// <summary>What its messages in the handler's stash count for.</summary>
    public long StashedBytes => Volatile.Read(ref _stashedBytes);

    /// <summary>The handler's stash has changed. The handler's alone.</summary>
    public void Note(StashReport report) =>
        Volatile.Write(ref _stashedBytes, _stashedBytes + (report is StashReport.Stashed ? report.Bytes : -report.Bytes));

    /// <summary>What the handler has published and members have not taken; null before its first publish.</summary>
    public PublishBacklog? Published => Volatile.Read(ref _published);

    /// <summary>The same for whoever publishes in its name.</summary>
    public PublishBacklog Publishes() =>
        Published ?? Interlocked.CompareExchange(ref _published, new PublishBacklog(), null) ?? _published;

    /// <summary>About to be told.</summary>
    public void Begin(Ws.Opened opened) => (_value, _isOver) = (opened, false);

    /// <summary><see cref="Ws.Closed"/> is about to be told.</summary>
    public void End() => _isOver = true;
}
