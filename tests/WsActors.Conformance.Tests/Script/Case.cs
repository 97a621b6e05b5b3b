using WsActors.Protocol.Messages;

namespace WsActors.Conformance.Tests.Script;

/// <summary>One thing that a conforming endpoint does: what it is sent, what must come back, how it ends.</summary>
/// <param name="Id">
/// The number of the public case that asks the same. With a letter behind it, a case of our own that asks more than that one.
/// </param>
/// <param name="Name">What is special about it.</param>
/// <param name="Turns">In this order, each when the one before has been answered in full.</param>
internal sealed record Case(string Id, string Name, IEnumerable<Turn> Turns)
{
    public Case(string id, string name, Sending send, Answer expect)
        : this(id, name, [new Turn(send, expect)])
    {
    }

    /// <summary>What the endpoint takes; its defaults unless the case needs more.</summary>
    public MessageLimits Limits { get; init; } = new();

    public bool IsPublic => !char.IsAsciiLetter(Id[^1]);

    /// <summary>The number without its last part, and without a letter: <c>6.4</c> of <c>6.4.2a</c>.</summary>
    public string Section => Id[..Id.LastIndexOf('.')];

    public override string ToString() => $"{Id} {Name}";
}

/// <summary>What is sent without waiting, and what must come back before anything else is sent.</summary>
internal sealed record Turn(Sending Send, Answer Expect);
