namespace WsActors.Hosting.Admin;

/// <summary>The options of an endpoint of its own: small limits, and no origin but the page's.</summary>
internal static class AdminLimits
{
    private const int MaxSendQueueBytes = 1024 * 1024;

    /// <summary>Changes the options of the app's endpoints.</summary>
    /// <param name="options">The options that HOCON gives.</param>
    /// <param name="hasToken">Whether a token guards the page: hosts and proxies then are those of the app.</param>
    public static EndpointOptions Apply(EndpointOptions options, bool hasToken) => options with
    {
        // A message of a page is limited in UTF-16 units, and each has at most three bytes.
        Message = options.Message with { MaxBytes = 4 * AdminProtocol.MaxLength },
        Rate = options.Rate with { MaxMessages = 2 * AdminActor.MaxMessagesPerSecond },
        Origin = options.Origin with { Check = true, Allowed = [], Hosts = hasToken ? options.Origin.Hosts : [] },
        TrustedProxies = hasToken ? options.TrustedProxies : [],
        SendQueue = options.SendQueue with { MaxBytes = Math.Max(options.SendQueue.MaxBytes, MaxSendQueueBytes) },
    };
}
