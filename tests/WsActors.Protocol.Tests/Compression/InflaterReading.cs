using WsActors.Protocol.Compression;

namespace WsActors.Protocol.Tests.Compression;

/// <summary>Drives an <see cref="Inflater"/> as a parser does.</summary>
internal static class InflaterReading
{
    /// <summary>A whole message from its pieces; the steps are odd, so that nothing ends together by chance.</summary>
    public static byte[] Message(Inflater inflater, params IEnumerable<byte[]> pieces)
    {
        var message = new List<byte>();
        var step = new byte[1001];
        foreach (var piece in pieces)
        {
            inflater.Add(piece);
            while (inflater.Read(step) is > 0 and var count)
            {
                message.AddRange(step.AsSpan(0, count));
            }
        }

        inflater.EndMessage();
        return [.. message];
    }
}
