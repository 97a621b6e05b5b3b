namespace WsActors;

/// <summary>The headers in which the proxies of <see cref="EndpointOptions.TrustedProxies"/> name the client and its request.</summary>
public enum ForwardedHeadersMode
{
    /// <summary>Either <c>X-Forwarded-*</c> or <c>Forwarded</c>. If both are present and differ, the response is 400.</summary>
    Any,

    /// <summary>
    /// <c>X-Forwarded-For</c>, <c>-Proto</c>, <c>-Host</c> and <c>-Port</c>. <c>Forwarded</c> is ignored: a client may have written it.
    /// </summary>
    XForwarded,

    /// <summary><c>Forwarded</c> (RFC 7239). <c>X-Forwarded-*</c> is ignored: a client may have written it.</summary>
    Forwarded,
}
