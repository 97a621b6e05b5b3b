namespace WsActors.Hosting;

/// <summary>The options of an admin page. Immutable.</summary>
public sealed record WebSocketAdminOptions
{
    /// <summary>
    /// The token that the page asks for, of 16 to 512 bytes; null for none. An endpoint that other machines reach needs one. Null in an
    /// ASP.NET Core app, whose policies guard the page.
    /// </summary>
    public string? Token { get; init; }

    /// <summary>A file with the token; white space around it does not count. Null for no file. Read once, at the start.</summary>
    public string? TokenFile { get; init; }

    /// <summary>The rows of a page of a table; 1 to 500, 50 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in that range.</exception>
    public int PageSize
    {
        get;
        init => field = value is >= 1 and <= MaxPageSize
            ? value
            : throw new ArgumentOutOfRangeException(nameof(PageSize), value, $"A page has 1 to {MaxPageSize} rows.");
    }
    = 50;

    /// <summary>Changes to the options of the endpoint of <c>WithWebSocketAdmin</c>, such as its certificate.</summary>
    public Func<EndpointOptions, EndpointOptions> Configure { get; init; } = static options => options;

    private const int MaxPageSize = 500;

    /// <summary>Without the token: options reach logs.</summary>
    public override string ToString() => nameof(WebSocketAdminOptions);
}
