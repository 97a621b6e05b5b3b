using System.Net;
using System.Security.Claims;
using System.Text;
using WsActors.Protocol.Handshake;

namespace WsActors.Serialization;

/// <summary>
/// The format of <see cref="Ws.Opened"/> between nodes. It holds all that a handler can read from it. The request is written as the text of
/// its head and parsed again. A principal is written as its identities and claims.
/// </summary>
internal static class OpenedCodec
{
    public static void Write(MessageWriter to, Ws.Opened opened)
    {
        to.Ref(opened.Connection);
        Write(to, opened.Request);
        to.Text(opened.Subprotocol);
        Write(to, opened.Principal);
        to.Map(opened.Items);
        to.Flag(opened.IsRestart);
    }

    public static Ws.Opened Read(MessageReader from) => new()
    {
        Connection = from.Ref(),
        Request = ReadRequest(from),
        Subprotocol = from.TextOrNull(),
        Principal = ReadPrincipal(from),
        Items = from.Map(),
        IsRestart = from.Flag(),
    };

    public static ClaimsPrincipal? LayOut(MessageFields f, ClaimsPrincipal? m) => f.Part(m, Write, ReadPrincipal);

    private static void Write(MessageWriter to, ClaimsPrincipal? principal)
    {
        to.Flag(principal is not null);
        if (principal is not null)
        {
            to.List([.. principal.Identities], identity => Write(to, identity));
        }
    }

    private static ClaimsPrincipal? ReadPrincipal(MessageReader from) =>
        from.Flag() ? new ClaimsPrincipal(from.List(() => ReadIdentity(from))) : null;

    /// <summary>Writes it as a part of another message, with a certificate if it has one.</summary>
    public static void WritePart(MessageWriter to, Ws.Opened opened)
    {
        var hasCertificate = opened.Request.ClientCertificate is not null;
        to.Flag(hasCertificate);
        if (hasCertificate)
        {
            WriteWithCertificate(to, opened);
        }
        else
        {
            Write(to, opened);
        }
    }

    public static Ws.Opened ReadPart(MessageReader from) => from.Flag() ? ReadWithCertificate(from) : Read(from);

    // For an Opened of a client connection within a user's message. Sent on its own it is written without the response: nodes of the
    // previous version cannot read O3.
    public static void WriteWithResponse(MessageWriter to, Ws.Opened opened)
    {
        WritePart(to, opened);
        var response = opened.Response!; // Not null: the condition of O3.
        to.Count(response.Status);
        to.List(response.Headers, header =>
        {
            to.Text(header.Name);
            to.Text(header.Value);
        });
    }

    public static Ws.Opened ReadWithResponse(MessageReader from) => ReadPart(from) with
    {
        Response = new ResponseHead(from.Count(), [.. from.List(() => new HttpHeader(from.Text(), from.Text()))]),
    };

    /// <summary>Writes a request on its own.</summary>
    public static void WriteWhole(MessageWriter to, UpgradeRequest request)
    {
        Write(to, request);
        to.Flag(request.ClientCertificate is not null);
        if (request.ClientCertificate is { } certificate)
        {
            to.Bytes(certificate.Der.Span);
        }
    }

    public static UpgradeRequest ReadWhole(MessageReader from)
    {
        var request = ReadRequest(from);
        return from.Flag() ? With(request, from.Bytes()) : request;
    }

    // Only an Opened with a certificate has this format: nodes of the previous version can read all others.
    public static void WriteWithCertificate(MessageWriter to, Ws.Opened opened)
    {
        Write(to, opened);
        to.Bytes(opened.Request.ClientCertificate!.Der.Span);
    }

    public static Ws.Opened ReadWithCertificate(MessageReader from)
    {
        var opened = Read(from);
        return opened with { Request = With(opened.Request, from.Bytes()) };
    }

    private static UpgradeRequest With(UpgradeRequest request, byte[] certificate) => new(
        request.Http,
        request.Route,
        request.RouteValues,
        request.Subprotocols,
        request.ClientAddress,
        request.ServerOrigin)
    {
        ClientCertificate = new ClientCertificate(certificate),
    };

    private static void Write(MessageWriter to, UpgradeRequest request)
    {
        to.Bytes(HeadOf(request.Http));
        to.Text(request.Route);
        to.Map(request.RouteValues);
        to.List(request.Subprotocols, to.Text);
        to.Text(request.ClientAddress.ToString());
        to.Text(request.ServerOrigin.Scheme);
        to.Text(request.ServerOrigin.Host);
        to.Count(request.ServerOrigin.Port);
    }

    private static UpgradeRequest ReadRequest(MessageReader from)
    {
        var (http, route, values, subprotocols) = (ReadHead(from), from.Text(), from.Map(), from.List(from.Text));
        return new UpgradeRequest(
            http,
            route,
            values,
            subprotocols,
            IPAddress.Parse(from.Text()),
            new Origin(from.Text(), from.Text(), from.Count()));
    }

    private static byte[] HeadOf(RequestHead http)
    {
        var head = new StringBuilder($"{http.Method} {http.Target} HTTP/{http.Version}\r\n");
        foreach (var header in http.Headers)
        {
            head.Append(header.Name).Append(": ").Append(header.Value).Append("\r\n");
        }

        return BytesOf(head.Append("\r\n").ToString(), http);
    }

    // Nodes of earlier versions read only Latin-1. The head is written as Latin-1 if it is read back unchanged, else as UTF-8.
    private static byte[] BytesOf(string head, RequestHead http)
    {
        var latin1 = Encoding.Latin1.GetBytes(head);
        return Ascii.IsValid(head) || (Parse(latin1) is { } parsed && parsed.Headers.SequenceEqual(http.Headers))
            ? latin1
            : Encoding.UTF8.GetBytes(head);
    }

    private static RequestHead ReadHead(MessageReader from) =>
        Parse(from.Bytes()) ?? throw from.Damaged("the request is not one complete HTTP request head");

    private static RequestHead? Parse(ReadOnlySpan<byte> head)
    {
        var parser = new RequestParser(new RequestLimits
        {
            MaxRequestLineBytes = head.Length,
            MaxHeaderBytes = head.Length,
            MaxHeaders = head.Length,
        });
        return parser.TryRead(ref head, out var fact) && head.IsEmpty ? fact as RequestHead : null;
    }

    private static void Write(MessageWriter to, ClaimsIdentity identity)
    {
        to.Text(identity.AuthenticationType);
        to.Text(identity.NameClaimType);
        to.Text(identity.RoleClaimType);
        to.List([.. identity.Claims], claim =>
        {
            to.Text(claim.Type);
            to.Text(claim.Value);
            to.Text(claim.ValueType);
            to.Text(claim.Issuer);
            to.Text(claim.OriginalIssuer);
        });
    }

    private static ClaimsIdentity ReadIdentity(MessageReader from)
    {
        var (authenticationType, nameType, roleType) = (from.TextOrNull(), from.Text(), from.Text());
        var claims = from.List(() => new Claim(from.Text(), from.Text(), from.Text(), from.Text(), from.Text()));
        return new ClaimsIdentity(claims, authenticationType, nameType, roleType);
    }
}
