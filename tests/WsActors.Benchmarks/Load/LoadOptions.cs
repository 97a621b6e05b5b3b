namespace WsActors.Benchmarks.Load;

/// <summary>The options of a load. Its server is on 127.0.0.1.</summary>
internal sealed record LoadOptions
{
    public required LoadKind Kind { get; init; }

    /// <summary>Connections go to one after the other.</summary>
    public required IReadOnlyList<int> Ports { get; init; }

    /// <summary>The route that every server has.</summary>
    public const string EchoPath = "/echo";

    public string Path { get; init; } = EchoPath;

    public int Connections { get; init; } = 100;

    /// <summary>Bytes of payload of a message.</summary>
    public int Size { get; init; } = 64;

    /// <summary>Messages of one connection that are on their way at a time.</summary>
    public int Depth { get; init; } = 1;

    /// <summary>Messages a second of all connections together, for <see cref="LoadKind.Paced"/>.</summary>
    public int Rate { get; init; } = 1000;

    /// <summary>The duration of the measurement, after all are open and the warm-up is over.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The server's processes, whose processor time and memory are told together; none tells neither.</summary>
    public IReadOnlyList<int> Servers { get; init; } = [];

    public bool IsBinary { get; init; }

    /// <summary>A PEM file with the certificate of the server, which is spoken to by TLS then (wss); null is plain.</summary>
    public string? Certificate { get; init; }

    /// <summary>Whether messages are compressed, each for itself (RFC 7692).</summary>
    public bool IsCompressed { get; init; }

    /// <summary>Whether each WebSocket is the stream of an HTTP/2 connection (RFC 8441), without TLS and compression.</summary>
    public bool IsHttp2 { get; init; }
}

/// <summary>The ways to load a server.</summary>
internal enum LoadKind
{
    /// <summary>Each connection has a number of messages in flight, and sends the next after an echo.</summary>
    Echo,

    /// <summary>
    /// Messages are sent at a fixed rate, independent of the server. Times count from the intended send time: a stalled server is charged
    /// with all messages that were due meanwhile.
    /// </summary>
    Paced,

    /// <summary>Each connection connects, opens, echoes one message, closes, and starts over.</summary>
    Storm,

    /// <summary>Connections open, echo one message, and stay.</summary>
    Idle,

    /// <summary>One connection sends a message, which the server sends to all; after all have it, it sends the next.</summary>
    Fan,
}
