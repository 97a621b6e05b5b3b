using WsActors.EndToEnd.Tests;

namespace WsActors.Samples.Tests;

/// <summary>The samples stay short.</summary>
public sealed class SizeTests
{
    [Fact]
    public void The_Auction_is_one_file_of_at_most_120_lines()
    {
        var folder = Path.Combine(Repository.Root, "samples", "Auction");
        var sources = Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(file => Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar)[0] is not ("bin" or "obj"));

        Assert.InRange(File.ReadAllLines(Assert.Single(sources)).Length, 1, 120);
    }
}
