namespace WsActors.EndToEnd.Tests;

/// <summary>Tests that measure memory and time run one after the other, when all others are done.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Measured
{
    public const string Name = "Measured";
}
