using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;

namespace WsActors.EndToEnd.Tests.Cluster;

/// <summary>The welcomes of <c>wsactors.session.v1</c> servers, recorded by the relay.</summary>
internal sealed partial class Welcomes
{
    /// <summary>Of our server's token the first part is the session's id, the rest its secret.</summary>
    private const int IdLength = 36;

    /// <summary>A 101 and a welcome are shorter.</summary>
    private const int Enough = 4096;

    private readonly ConcurrentQueue<(string Id, string Recovered)> _all = new();

    /// <summary>The started sessions, including replacements of lost ones.</summary>
    public IReadOnlyList<string> Begun => [.. _all.Where(static one => one.Recovered != "true").Select(static one => one.Id)];

    /// <param name="recovered"><c>new</c>, <c>true</c> or <c>false</c>.</param>
    public int Count(string recovered) => _all.Count(one => one.Recovered == recovered);

    /// <summary>Reads the beginning of a connection.</summary>
    public Action<ReadOnlyMemory<byte>> Listen()
    {
        var heard = new StringBuilder();
        return bytes =>
        {
            if (heard.Length < Enough
                && Welcome().Match(heard.Append(Encoding.Latin1.GetString(bytes.Span)).ToString()) is { Success: true } match)
            {
                _all.Enqueue((match.Groups["token"].Value[..IdLength], match.Groups["recovered"].Value));
                heard.Append(' ', Enough); // No more.
            }
        };
    }

    [GeneratedRegex(@"welcome (?<token>[\w-]{37,256}) [\w-]+ (?<recovered>new|true|false) \d")]
    private static partial Regex Welcome();
}
