namespace WsActors.Benchmarks.Load;

/// <summary>What a load is to be. It goes to 127.0.0.1 only.</summary>
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

    /// <summary>How long it is measured, from when all are open and the warm-up is over.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The server's processes, whose processor time and memory are told together; none tells neither.</summary>
    public IReadOnlyList<int> Servers { get; init; } = [];

    public bool IsBinary { get; init; }

    /// <summary>A PEM file with the certificate of the server, which is spoken to by TLS then (wss); null is plain.</summary>
    public string? Certificate { get; init; }

    /// <summary>Whether messages are compressed, each for itself (RFC 7692).</summary>
    public bool IsCompressed { get; init; }
}

/// <summary>The ways to load a server.</summary>
internal enum LoadKind
{
    /// <summary>Each connection keeps some messages on their way, and sends the next when one has come back.</summary>
    Echo,

    /// <summary>
    /// Messages leave at a fixed rate, whatever the server does. Times count from when a message was to leave: a server that stands still
    /// is charged with all that should have been sent meanwhile.
    /// </summary>
    Paced,

    /// <summary>Each connection connects, opens, echoes one message, closes, and starts over.</summary>
    Storm,

    /// <summary>Connections open, echo one message, and stay.</summary>
    Idle,

    /// <summary>One connection says something, which the server sends to all; when all have it, it says the next.</summary>
    Fan,
}
