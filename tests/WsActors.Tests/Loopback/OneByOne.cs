namespace WsActors.Tests.Loopback;

/// <summary>
/// Tests with real sockets run one after the other, after all others: they are sensitive to time. So do those that measure memory.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OneByOne
{
    public const string Name = "Loopback";
}
