using System.Security.Cryptography;
using Akka.Configuration;

namespace WsActors.Transport.Tls;

/// <summary>
/// A value made of files, and made again when they change. What they hold is compared, not their dates: a symbolic link that leads
/// elsewhere, as Kubernetes renews secrets, is a change as well. Any thread reads it; one at a time looks.
/// </summary>
internal sealed class ReloadableFiles<T>
    where T : class
{
    private readonly string[] _files;

    private readonly Func<T> _load;

    private byte[] _hash;

    private volatile T _value;

    /// <exception cref="ConfigurationException">It cannot be made.</exception>
    public ReloadableFiles(IEnumerable<string> files, Func<T> load)
    {
        (_files, _load) = ([.. files], load);
        _hash = HashFiles();
        _value = load();
    }

    public IReadOnlyList<string> Files => _files;

    public T Value => _value;

    /// <returns>Whether it is another one now.</returns>
    /// <exception cref="ConfigurationException">The files have changed, and nothing can be made of them. Said once for each change; what
    /// was, stays.</exception>
    public bool Refresh()
    {
        var now = HashFiles();
        if (now.AsSpan().SequenceEqual(_hash))
        {
            return false;
        }

        _hash = now;
        _value = _load();
        return true;
    }

    private byte[] HashFiles() => [.. _files.SelectMany(HashOf)];

    private static byte[] HashOf(string file)
    {
        try
        {
            return SHA256.HashData(File.ReadAllBytes(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return [];
        }
    }
}
