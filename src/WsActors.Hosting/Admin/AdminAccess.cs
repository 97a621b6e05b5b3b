using System.Net;
using WsActors.Protocol.Handshake;
using WsActors.Routing;

namespace WsActors.Hosting.Admin;

/// <summary>The rules for requests of an admin page: pages and WebSockets alike. Immutable; any thread.</summary>
/// <param name="isLocal">
/// Whether nothing but the address guards it: then only this machine may ask, directly, under a name of loopback. Another name is that of
/// an attacker's page (DNS rebinding), and a forwarded request is not of this machine.
/// </param>
internal sealed class AdminAccess(bool isLocal)
{
    private static readonly string[] ForwardingHeaders =
        ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via"];

    /// <summary>Decides on an upgrade.</summary>
    public GuardDecision Decide(UpgradeRequest request) =>
        (WhyRefused(request.Http) ?? WhyOriginRefused(request)) is { } reason
            ? GuardDecision.Reject(403, reason)
            : GuardDecision.Accept();

    /// <summary>Why a request is refused, as one sentence; null when it is not.</summary>
    public string? WhyRefused(RequestHead http)
    {
        if (http.Target.Contains('?', StringComparison.Ordinal))
        {
            return "The admin page takes no query: logs and histories keep URLs, so a token never belongs into one.";
        }

        if (!isLocal)
        {
            return null;
        }

        return ForwardingHeaders.FirstOrDefault(name => http.Headers[name] is not null) is { } header
            ? $"The request was forwarded ({header}), and the admin page has no token: give it one to serve it behind a proxy."
            : IsLoopback(http.Host)
                ? null
                : "The admin page has no token, so it is served only under a name of loopback, such as localhost.";
    }

    /// <summary>An origin that the app's own endpoints allow is no reason to let its pages in here.</summary>
    private static string? WhyOriginRefused(UpgradeRequest request) =>
        request.Http.Headers["Origin"] is { } header
            && (request.Http.Headers.CountOf("Origin") > 1
                || !Origin.TryParse(header, out var origin)
                || origin != request.ServerOrigin)
            ? "Only the admin page itself may open its WebSocket: no page of another origin."
            : null;

    private static bool IsLoopback(string? authority)
    {
        if (!Origin.TryParse($"http://{authority}", out var origin))
        {
            return false;
        }

        var name = origin.Host.Trim('[', ']').TrimEnd('.');
        return IPAddress.TryParse(name, out var address)
            ? IPAddress.IsLoopback(address)
            : name == "localhost" || name.EndsWith(".localhost", StringComparison.Ordinal);
    }
}
