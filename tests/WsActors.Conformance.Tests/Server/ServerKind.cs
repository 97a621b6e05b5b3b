namespace WsActors.Conformance.Tests.Server;

/// <summary>Where a server under test gets its connections from.</summary>
public enum ServerKind
{
    /// <summary>A port of its own.</summary>
    OwnPort,

    /// <summary>An ASP.NET Core app, over HTTP/1.1.</summary>
    AppHttp11,

    /// <summary>An ASP.NET Core app, over HTTP/2 (RFC 8441).</summary>
    AppHttp2,
}
