namespace WsActors.Protocol.Handshake;

/// <summary>The result of a <see cref="ResponseParser"/>: a <see cref="ResponseHead"/> or a <see cref="BadResponse"/>. Immutable.</summary>
public abstract record ResponseParseResult
{
    private protected ResponseParseResult()
    {
    }
}

/// <summary>Status and headers of a valid response. Immutable.</summary>
/// <param name="Status">100–999.</param>
/// <param name="Headers">All headers as sent.</param>
public sealed record ResponseHead(int Status, HttpHeaders Headers) : ResponseParseResult;

/// <summary>A response that broke the rules of HTTP or a limit: the connection must fail. Immutable.</summary>
/// <param name="Reason">One sentence for a person. It never quotes the peer.</param>
public sealed record BadResponse(string Reason) : ResponseParseResult;
