namespace WsActors.Protocol.Handshake;

/// <summary>The result of a <see cref="RequestParser"/>: a <see cref="RequestHead"/> or a <see cref="Refusal"/>. Immutable.</summary>
public abstract record RequestParseResult
{
    private protected RequestParseResult()
    {
    }
}

/// <summary>A response that refuses the upgrade, after which the connection closes. Immutable.</summary>
public sealed record Refusal : RequestParseResult
{
    /// <param name="status">200–599.</param>
    /// <param name="reason">
    /// One sentence for a person: the cause and the cure. It may reach a log. Reasons of this library never quote the peer.
    /// </param>
    /// <param name="headers">The headers that the status requires, such as <c>Allow</c> with 405.</param>
    public Refusal(int status, string reason, params HttpHeaders headers)
    {
        (Status, Reason, Headers) = (HttpStatus.Checked(status), reason, headers);
    }

    /// <summary>200–599.</summary>
    public int Status { get; }

    /// <summary>
    /// One sentence for a person: the cause and the cure. It may reach a log. Reasons of this library never quote the peer.
    /// </summary>
    public string Reason { get; }

    /// <summary>The headers that the status requires, such as <c>Allow</c> with 405.</summary>
    public HttpHeaders Headers { get; }

    /// <summary>A response with the reason as plain text, for <see cref="ResponseWriter"/>.</summary>
    public PlainResponse ToResponse() => PlainResponse.Text(Status, Reason + "\n", Headers);
}
