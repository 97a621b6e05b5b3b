using System.Text;
using WsActors.Protocol.Handshake;

namespace WsActors.Sessions;

/// <summary>
/// The part of its first request that a session keeps, since it may outlive the connection by far. Always: route, values, path, host,
/// origin, client address and certificate. Then, as far as there is room, the query, the offered subprotocols, and headers in their
/// order; never those of the handshake itself. The retained part takes at most twice the counted size in memory. Pure.
/// </summary>
internal static class RetainedRequest
{
    /// <summary>The memory of a string beside its characters.</summary>
    private const int BytesOfAnyText = 32;

    /// <summary>Whether the part that is always kept is small enough.</summary>
    public static bool HasRoomFor(UpgradeRequest request, int maxBytes) => Least(request) <= maxBytes;

    public static UpgradeRequest Trim(UpgradeRequest request, int maxBytes)
    {
        var http = request.Http;
        var left = maxBytes - Least(request);
        bool Take(int bytes)
        {
            var hasRoom = bytes <= left;
            left -= hasRoom ? bytes : 0;
            return hasRoom;
        }

        // Counted twice: it is kept in the target, and separately.
        var query = http.Query.Raw;
        var target = query.Length > 0 && Take((2 * query.Length) + BytesOfAnyText) ? $"{http.Path}?{query}" : http.Path;
        var subprotocols = request.Subprotocols.Where(name => Take(name.Length + BytesOfAnyText)).ToArray();
        var head = new StringBuilder($"{http.Method} {target} HTTP/{http.Version}\r\n");
        if (http.Host is { } host)
        {
            head.Append("Host: ").Append(host).Append("\r\n");
        }

        foreach (var header in http.Headers.Where(static header => !IsOfHandshake(header.Name)))
        {
            if (Take(header.Name.Length + header.Value.Length + BytesOfAnyText))
            {
                head.Append(header.Name).Append(": ").Append(header.Value).Append("\r\n");
            }
        }

        var kept = Parsed(head.Append("\r\n").ToString());
        return new UpgradeRequest(kept, request.Route, request.RouteValues, subprotocols, request.ClientAddress, request.ServerOrigin)
        {
            ClientCertificate = request.ClientCertificate,
        };
    }

    // The path is kept as target, as path and as values; the host as header, and in the origin.
    private static int Least(UpgradeRequest request) =>
        (3 * request.Http.Path.Length) + (2 * (request.Http.Host?.Length ?? 0)) + request.ServerOrigin.Host.Length;

    private static bool IsOfHandshake(string name) =>
        name.StartsWith("Sec-WebSocket-", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Host", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Connection", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Upgrade", StringComparison.OrdinalIgnoreCase);

    private static RequestHead Parsed(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        ReadOnlySpan<byte> head = bytes;
        var limits = new RequestLimits { MaxRequestLineBytes = bytes.Length, MaxHeaderBytes = bytes.Length, MaxHeaders = bytes.Length };
        return new RequestParser(limits).TryRead(ref head, out var fact) && fact is RequestHead http
            ? http
            : throw new InvalidOperationException("The retained part of the request is not a valid request.");
    }
}
