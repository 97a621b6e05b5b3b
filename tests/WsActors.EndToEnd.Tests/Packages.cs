namespace WsActors.EndToEnd.Tests;

/// <summary>The tests that share the packages of one pack.</summary>
[CollectionDefinition(Name)]
public sealed class Packages : ICollectionFixture<PackedLibraries>
{
    public const string Name = "Packages";
}
