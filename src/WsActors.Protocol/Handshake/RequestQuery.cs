namespace WsActors.Protocol.Handshake;

/// <summary>The query of a request target, parsed when asked: one pass a question, nothing kept. Immutable.</summary>
/// <param name="Raw">As sent, without the question mark; empty without a query.</param>
public readonly record struct RequestQuery(string Raw)
{
    /// <summary>
    /// The first value of that decoded name, itself decoded; "" for a name without a value, null for a name that is not there.
    /// Bad percent-encoding is taken literally.
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

    /// <summary>Whether there is a query, not what it says: clients put tokens there, and this text may reach a log.</summary>
    public override string ToString() => string.IsNullOrEmpty(Raw) ? "" : "?…";
}
