using WsActors.Protocol.Messages;

namespace WsActors.Conformance.Tests.Script;

/// <summary>One thing that a conforming endpoint does.</summary>
/// <param name="Id">
/// The number of the public case that asks the same. With a letter behind it, one of our own that asks more than that one.
/// </param>
/// <param name="Name">The property under test.</param>
internal abstract record Row(string Id, string Name)
{
    /// <summary>The limits of the endpoint; the defaults unless the row needs others.</summary>
    public MessageLimits Limits { get; init; } = new();

    /// <summary>The compression that a server is asked for and a client agrees on; null for none.</summary>
    public virtual Deflate? Deflate => null;

    public bool IsPublic => !char.IsAsciiLetter(Id[^1]);

    /// <summary>The number without its last part, and without a letter: <c>6.4</c> of <c>6.4.2a</c>.</summary>
    public string Section => Id[..Id.LastIndexOf('.')];

    public sealed override string ToString() => $"{Id} {Name}";

    /// <summary>Puts it to an endpoint whose handshake is finished. There is no almost: the first difference throws.</summary>
    /// <param name="peer">The endpoint.</param>
    /// <param name="isBrief">Whether compressed messages are few, since the code that compresses passed the long case elsewhere.</param>
    public abstract Task Examine(IPeer peer, bool isBrief);
}
