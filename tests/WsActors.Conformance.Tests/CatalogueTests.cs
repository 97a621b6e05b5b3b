namespace WsActors.Conformance.Tests;

/// <summary>No case is lost without a word, and each is where a reader looks for it.</summary>
public sealed class CatalogueTests
{
    /// <summary>The number of public and of additional cases of each family.</summary>
    [Theory]
    [InlineData(1, 16, 0)]
    [InlineData(2, 11, 1)]
    [InlineData(3, 7, 0)]
    [InlineData(4, 10, 0)]
    [InlineData(5, 20, 0)]
    [InlineData(6, 145, 264)]
    [InlineData(7, 37, 5)]
    [InlineData(9, 54, 10)]
    [InlineData(10, 1, 0)]
    [InlineData(12, 90, 18)]
    [InlineData(13, 126, 0)]
    public void Each_family_has_its_number_of_cases(int number, int publicCases, int ownCases)
    {
        var family = Assert.Single(Family.All, family => family.Number == number);
        Assert.Equal((publicCases, ownCases), (family.PublicCases, family.OwnCases));
        Assert.All(family.Cases, one => Assert.StartsWith($"{number}.", one.Id));
    }

    [Fact]
    public void All_public_cases_exist()
    {
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 9, 10, 12, 13], Family.All.Select(static family => family.Number));
        Assert.Equal(517, Family.All.Sum(static family => family.PublicCases));
    }

    [Fact]
    public void The_public_cases_of_a_section_are_numbered_from_1_without_gaps()
    {
        var publicCases = Family.All.SelectMany(static family => family.Cases).Where(static one => one.IsPublic);
        foreach (var section in publicCases.GroupBy(static one => one.Section))
        {
            Assert.Equal(Enumerable.Range(1, section.Count()).Select(i => $"{section.Key}.{i}"), section.Select(static one => one.Id));
        }
    }

    [Fact]
    public void Each_additional_case_extends_a_public_one()
    {
        var all = Family.All.SelectMany(static family => family.Cases).ToList();
        Assert.All(all.Where(static one => !one.IsPublic), own => Assert.Contains(all, one => one.Id == own.Id[..^1] && one.IsPublic));
    }
}
