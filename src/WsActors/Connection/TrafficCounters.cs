namespace WsActors.Connection;

/// <summary>A sum of messages and bytes of connections. Used by one thread.</summary>
internal sealed class TrafficCounters
{
    private long _messagesReceived;

    private long _messagesSent;

    private long _bytesReceived;

    private long _bytesSent;

    public void Add(long messagesReceived, long messagesSent, long bytesReceived, long bytesSent)
    {
        _messagesReceived += messagesReceived;
        _messagesSent += messagesSent;
        _bytesReceived += bytesReceived;
        _bytesSent += bytesSent;
    }

    public void Add(TrafficCounters other) =>
        Add(other._messagesReceived, other._messagesSent, other._bytesReceived, other._bytesSent);

    public Ws.Traffic ToTraffic() => new()
    {
        MessagesReceived = _messagesReceived,
        MessagesSent = _messagesSent,
        BytesReceived = _bytesReceived,
        BytesSent = _bytesSent,
    };
}
