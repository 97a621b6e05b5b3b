namespace WsActors.Connection;

/// <summary>The numbers of completed and refused handshakes, of an endpoint and of the system since its start. Any thread.</summary>
internal sealed class HandshakeCounters(HandshakeCounters? all = null)
{
    private long _opened;

    private long _refused;

    public long TotalOpened => Volatile.Read(ref _opened);

    public long TotalRefused => Volatile.Read(ref _refused);

    public void Opened()
    {
        Interlocked.Increment(ref _opened);
        all?.Opened();
    }

    public void Refused()
    {
        Interlocked.Increment(ref _refused);
        all?.Refused();
    }
}
