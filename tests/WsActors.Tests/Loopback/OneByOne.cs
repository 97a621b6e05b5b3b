namespace WsActors.Tests.Loopback;

/// <summary>Tests with real sockets run one after the other, when all others are done: they are the ones that time can hurt. So do those that weigh memory.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OneByOne
{
    public const string Name = "Loopback";
}
