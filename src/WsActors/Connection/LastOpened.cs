namespace WsActors.Connection;

/// <summary>What a handler of its own was told of the connection that it has. Any thread.</summary>
internal sealed class LastOpened
{
    private volatile Ws.Opened? _value;

    /// <summary>Null while there is no connection.</summary>
    public Ws.Opened? Value
    {
        get => _value;
        set => _value = value;
    }
}
