using System.Security.Cryptography;
using Akka.Configuration;

namespace WsActors.Transport.Tls;

/// <summary>
/// A value that is loaded from files, and again when they change. Contents are compared, not dates: the target of a symbolic link may
/// change, as when Kubernetes renews secrets. Any thread reads the value; one at a time refreshes.
/// </summary>
internal sealed class ReloadableFiles<T>
    where T : class
{
    private readonly string[] _files;

    private readonly Func<T> _load;

    private byte[] _hash;

    private volatile T _value;

    /// <exception cref="ConfigurationException">The value cannot be loaded.</exception>
    public ReloadableFiles(IEnumerable<string> files, Func<T> load)
    {
        (_files, _load) = ([.. files], load);
        _hash = HashFiles();
        _value = load();
    }

    public IReadOnlyList<string> Files => _files;

    public T Value => _value;

    /// <returns>True when the value has changed.</returns>
    /// <exception cref="ConfigurationException">
    /// The files have changed and cannot be loaded. Thrown once for each change; the value stays.
    /// </exception>
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
