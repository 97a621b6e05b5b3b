using System.Security.Claims;

namespace WsActors;

/// <summary>
/// The user of a principal, by one rule for presence, sessions, statistics, lists, kicks and <see cref="Ws.SendToUser"/>. Any thread.
/// </summary>
internal static class UserIdentity
{
    /// <summary>The subject claim of a JWT whose claim names are not mapped to <see cref="ClaimTypes"/> (RFC 7519 §4.1.2).</summary>
    private const string Subject = "sub";

    /// <summary>
    /// The name identifier, else the claim <c>sub</c>, else the identity's name; an empty value counts as missing. The guard vouches for
    /// the principal, so <c>IsAuthenticated</c> is not checked.
    /// </summary>
    /// <returns>The user; null without one.</returns>
    public static string? From(ClaimsPrincipal? principal) => principal is null
        ? null
        : Value(principal, ClaimTypes.NameIdentifier) ?? Value(principal, Subject) ?? NullIfEmpty(principal.Identity?.Name);

    private static string? Value(ClaimsPrincipal principal, string type) => NullIfEmpty(principal.FindFirst(type)?.Value);

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
