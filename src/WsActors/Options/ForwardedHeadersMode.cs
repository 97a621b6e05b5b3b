namespace WsActors;

/// <summary>By which headers the proxies of <see cref="EndpointOptions.TrustedProxies"/> say who asks, and what for.</summary>
public enum ForwardedHeadersMode
{
    /// <summary>By either: <c>X-Forwarded-*</c> or <c>Forwarded</c>. Where both come and differ, the answer is 400.</summary>
    Any,

    /// <summary>
    /// By <c>X-Forwarded-For</c>, <c>-Proto</c>, <c>-Host</c> and <c>-Port</c>. <c>Forwarded</c> is ignored: a client may have written it.
    /// </summary>
    XForwarded,

    /// <summary>By <c>Forwarded</c> (RFC 7239). <c>X-Forwarded-*</c> is ignored: a client may have written it.</summary>
    Forwarded,
}
