namespace WsActors.Conformance.Tests.Script;

/// <summary>Frames to the last octet: what is sent, what must come back, how it ends.</summary>
/// <param name="Id">See <see cref="Row"/>.</param>
/// <param name="Name">See <see cref="Row"/>.</param>
/// <param name="Turns">In this order, each when the one before has been answered in full.</param>
internal sealed record Case(string Id, string Name, IEnumerable<Turn> Turns) : Row(Id, Name)
{
    public Case(string id, string name, Sending send, Answer expect)
        : this(id, name, [new Turn(send, expect)])
    {
    }

    public override Task Examine(IPeer peer) => Examination.Pass(this, peer);
}

/// <summary>What is sent without waiting, and what must come back before anything else is sent.</summary>
internal sealed record Turn(Sending Send, Answer Expect);
