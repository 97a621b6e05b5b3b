using System.Net;

namespace WsActors.Messages;

/// <summary>The text of a search box: upper and lower case are the same. Immutable.</summary>
/// <param name="text">The text.</param>
internal sealed class SearchText(string text)
{
    /// <summary>Longer than any address.</summary>
    private const int MaxAddressLength = 80;

    public bool IsIn(ReadOnlySpan<char> value) => value.Contains(text, StringComparison.OrdinalIgnoreCase);

    /// <summary>The same without a string for each address.</summary>
    public bool IsIn(IPAddress address)
    {
        Span<char> name = stackalloc char[MaxAddressLength];
        return address.TryFormat(name, out var length) && IsIn(name[..length]);
    }
}
