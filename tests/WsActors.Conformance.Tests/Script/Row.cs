using WsActors.Protocol.Messages;

namespace WsActors.Conformance.Tests.Script;

/// <summary>One thing that a conforming endpoint does.</summary>
/// <param name="Id">
/// The number of the public case that asks the same. With a letter behind it, one of our own that asks more than that one.
/// </param>
/// <param name="Name">What is special about it.</param>
internal abstract record Row(string Id, string Name)
{
    /// <summary>What the endpoint takes; its defaults unless the row needs more.</summary>
    public MessageLimits Limits { get; init; } = new();

    /// <summary>What is asked of a server in the handshake and agreed on with a client; null for nothing.</summary>
    public virtual Deflate? Deflate => null;

    public bool IsPublic => !char.IsAsciiLetter(Id[^1]);

    /// <summary>The number without its last part, and without a letter: <c>6.4</c> of <c>6.4.2a</c>.</summary>
    public string Section => Id[..Id.LastIndexOf('.')];

    public sealed override string ToString() => $"{Id} {Name}";

    /// <summary>Puts it to an endpoint whose handshake is finished. There is no almost: the first difference throws.</summary>
    public abstract Task Examine(IPeer peer);
}
