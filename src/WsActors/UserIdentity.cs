using System.Security.Claims;

namespace WsActors;

/// <summary>
/// Which user a principal is: the one rule for presence, sessions, statistics, lists and kicks. Any thread.
/// </summary>
internal static class UserIdentity
{
    /// <summary>The claim of a JWT whose names are not mapped to <see cref="ClaimTypes"/> (RFC 7519 §4.1.2).</summary>
    private const string Subject = "sub";

    /// <summary>
    /// The name identifier, else the claim <c>sub</c>, else the identity's name; an empty one counts as none. The guard vouches for the principal,
    /// so whether an identity says that it is authenticated does not matter.
    /// </summary>
    /// <returns>Null for nobody in particular.</returns>
    public static string? From(ClaimsPrincipal? principal) => principal is null
        ? null
        : Value(principal, ClaimTypes.NameIdentifier) ?? Value(principal, Subject) ?? NullIfEmpty(principal.Identity?.Name);

    private static string? Value(ClaimsPrincipal principal, string type) => NullIfEmpty(principal.FindFirst(type)?.Value);

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
