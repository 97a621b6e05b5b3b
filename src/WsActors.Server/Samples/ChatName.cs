using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace WsActors.Server.Samples;

/// <summary>The rule for names of people and rooms: 1 to 32 visible characters. Pure.</summary>
internal static class ChatName
{
    /// <summary>The longest name, in Unicode scalar values.</summary>
    public const int MaxLength = 32;

    /// <summary>
    /// Removes invisible characters, direction overrides included, replaces each run of white space with one space, and trims.
    /// False if the result is empty or too long.
    /// </summary>
    public static bool TryClean(string? raw, [NotNullWhen(true)] out string? name)
    {
        var clean = new StringBuilder();
        var length = 0;
        var spaceDue = false;
        foreach (var rune in (raw ?? "").EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune))
            {
                spaceDue = length > 0;
            }
            else if (IsVisible(rune))
            {
                clean.Append(spaceDue ? " " : "").Append(rune);
                length += spaceDue ? 2 : 1;
                spaceDue = false;
            }
        }

        name = length is > 0 and <= MaxLength ? clean.ToString() : null;
        return name is not null;
    }

    /// <summary>A random name for a person without a name.</summary>
    public static string Guest() => $"guest-{Random.Shared.Next(0x10000):x4}";

    private static bool IsVisible(Rune rune) => rune != Rune.ReplacementChar && Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
