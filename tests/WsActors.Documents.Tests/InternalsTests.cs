using System.Xml.Linq;
using WsActors.EndToEnd.Tests;

namespace WsActors.Documents.Tests;

/// <summary>An assembly that ships shows its internals to no other one that ships: what another needs is public, or moves.</summary>
public sealed class InternalsTests
{
    public static TheoryData<string> Projects =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories)
            .Select(static project => Path.GetRelativePath(Repository.Root, project)),
    ];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Internals_are_visible_to_tests_alone(string project)
    {
        var friends = XDocument.Load(Path.Combine(Repository.Root, project))
            .Descendants("InternalsVisibleTo")
            .Select(static friend => friend.Attribute("Include")!.Value);

        Assert.All(friends, static friend => Assert.True(Directory.Exists(Path.Combine(Repository.Root, "tests", friend)), friend));
    }
}
