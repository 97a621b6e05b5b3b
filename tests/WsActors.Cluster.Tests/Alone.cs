namespace WsActors.Cluster.Tests;

/// <summary>Tests that load the machine, and measure: no other test runs at the same time, since it might depend on time.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
