namespace WsActors.Conformance.Tests.Script;

/// <summary>A case to the last octet: the frames sent, the expected answer, the expected end.</summary>
/// <param name="Id">See <see cref="Row"/>.</param>
/// <param name="Name">See <see cref="Row"/>.</param>
/// <param name="Steps">The steps in order, each after the complete answer to the previous one.</param>
internal sealed record Case(string Id, string Name, IEnumerable<Step> Steps) : Row(Id, Name)
{
    public Case(string id, string name, Sending send, Answer expect)
        : this(id, name, [new Step(send, expect)])
    {
    }

    public override Task Examine(IPeer peer, bool isBrief) => Examination.Pass(this, peer);
}
