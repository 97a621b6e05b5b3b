namespace WsActors.Conformance.Tests.Script;

/// <summary>Frames sent without waiting, and the answer expected before anything else is sent.</summary>
internal sealed record Step(Sending Send, Answer Expect);
