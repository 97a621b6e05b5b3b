using System.Collections;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;

namespace WsActors.Protocol.Handshake;

/// <summary>Header lines in the order they were sent. Names are matched in any letter case. Immutable and thread-safe.</summary>
[CollectionBuilder(typeof(HttpHeaders), nameof(Create))]
[JsonConverter(typeof(HttpHeadersConverter))]
public sealed class HttpHeaders : IReadOnlyList<HttpHeader>
{
    private readonly HttpHeader[] _lines;

    /// <summary>Copies the lines. Newtonsoft.Json calls it; in code, <c>[header, header]</c> is shorter.</summary>
    /// <remarks>
    /// The parameter is not <c>IEnumerable</c>, because Hyperion (0.12) writes a type with such a constructor as a collection. It numbers
    /// the collection before its lines on write and after them on read, and replaces an equal line by its number: lines were exchanged.
    /// </remarks>
    public HttpHeaders(ICollection<HttpHeader> lines)
        : this((HttpHeader[])[.. lines])
    {
    }

    private HttpHeaders(HttpHeader[] lines) => _lines = lines;

    /// <summary>No headers.</summary>
    public static HttpHeaders Empty { get; } = new([]);

    /// <inheritdoc/>
    public int Count => _lines.Length;

    /// <inheritdoc/>
    public HttpHeader this[int index] => _lines[index];

    /// <summary>The first value of the header, or null when it was not sent.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var line in _lines)
            {
                if (IsNamed(line, name))
                {
                    return line.Value;
                }
            }

            return null;
        }
    }

    /// <summary>Creates headers from <c>[header, header]</c>.</summary>
    public static HttpHeaders Create(ReadOnlySpan<HttpHeader> lines) => lines.IsEmpty ? Empty : new(lines.ToArray());

    /// <summary>The values of all lines of that name, in order.</summary>
    public IReadOnlyList<string> All(string name) => [.. _lines.Where(line => IsNamed(line, name)).Select(static line => line.Value)];

    /// <summary>The number of lines with that name.</summary>
    public int CountOf(string name) => _lines.Count(line => IsNamed(line, name));

    /// <inheritdoc/>
    public IEnumerator<HttpHeader> GetEnumerator() => _lines.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static bool IsNamed(HttpHeader line, string name) => line.Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}
