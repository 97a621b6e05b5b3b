namespace WsActors.Protocol.Handshake;

/// <summary>The query of a request target. Each lookup parses it in one pass, and no result is kept. Immutable.</summary>
/// <param name="Raw">The query as sent, without the question mark; empty without a query.</param>
public readonly record struct RequestQuery(string Raw)
{
    /// <summary>
    /// The first value of the name, both decoded; "" for a name without a value, null for a missing name.
    /// Malformed percent-encoding is taken literally.
    /// </summary>
    public string? this[string name]
    {
        get
        {
            var raw = Raw.AsSpan();
            foreach (var range in raw.Split('&'))
            {
                var pair = raw[range];
                var equals = pair.IndexOf('=');
                var key = equals < 0 ? pair : pair[..equals];
                if (!pair.IsEmpty && PercentEncoding.DecodeLeniently(key) == name)
                {
                    return equals < 0 ? "" : PercentEncoding.DecodeLeniently(pair[(equals + 1)..]);
                }
            }

            return null;
        }
    }

    /// <summary>Shows only that there is a query: clients put tokens in it, and this text may reach a log.</summary>
    public override string ToString() => string.IsNullOrEmpty(Raw) ? "" : "?…";
}
