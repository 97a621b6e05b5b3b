namespace WsActors.Cluster.Tests;

/// <summary>Tests that load the machine, and measure: no other test runs meanwhile, which might have to be quick.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
