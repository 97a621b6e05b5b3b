using WsActors.Transport.Tls;

namespace WsActors.Tests;

public sealed class ReloadableFilesTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("wsactors-files-");

    /// <summary>A mounted secret is a link to <c>..data</c>, and that one to a directory; Kubernetes points it to another one.</summary>
    [Fact]
    public void A_Kubernetes_secret_renewed_by_its_link_is_reloaded()
    {
        var file = Path.Combine(_directory.FullName, "tls.crt");
        Point("..data", "..one", "first");
        File.CreateSymbolicLink(file, Path.Combine("..data", "tls.crt"));
        var backed = new ReloadableFiles<string>([file], () => File.ReadAllText(file));
        Assert.Equal("first", backed.Value);
        Assert.False(backed.Refresh());

        File.Delete(Path.Combine(_directory.FullName, "..data"));
        Point("..data", "..two", "second");
        Directory.Delete(Path.Combine(_directory.FullName, "..one"), recursive: true);

        Assert.True(backed.Refresh());
        Assert.Equal("second", backed.Value);
        Assert.False(backed.Refresh());
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private void Point(string link, string to, string text)
    {
        File.WriteAllText(Path.Combine(_directory.CreateSubdirectory(to).FullName, "tls.crt"), text);
        File.CreateSymbolicLink(Path.Combine(_directory.FullName, link), to);
    }
}
