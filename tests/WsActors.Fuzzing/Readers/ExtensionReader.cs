using System.Text;
using WsActors.Protocol.Compression;
using WsActors.Protocol.Handshake;

namespace WsActors.Fuzzing.Readers;

/// <summary>Lines of <c>Sec-WebSocket-Extensions</c>, and the server's agreement on their offers.</summary>
internal sealed class ExtensionReader : IReader
{
    private static readonly DeflateOptions Wanted = new(KeepsContext: true, ServerMaxWindowBits: 12, ClientMaxWindowBits: 11);

    private readonly List<byte> _lines = [];

    public void Take(ReadOnlySpan<byte> chunk, Reading reading) => _lines.AddRange(chunk);

    public void Finish(Reading reading)
    {
        var lines = Encoding.Latin1.GetString([.. _lines]).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        reading.StartStep();
        var isRead = ExtensionHeader.TryRead(lines, out var extensions);
        var agreement = isRead ? PerMessageDeflate.Accept(extensions, Wanted) : null;
        reading.EndStep();
        if (isRead)
        {
            foreach (var extension in extensions)
            {
                reading.Add("Extension", extension.Parameters.Count, $"{extension.Name} {string.Join(' ', extension.Parameters)}");
            }
        }

        Reading.Require(
            agreement is null or { ServerWindowBits: >= 8 and <= 12, ClientWindowBits: >= 8 }, "No window is wider than wanted.");
        reading.End(isRead ? agreement is null ? "nothing agreed" : "agreed" : "malformed", $"{agreement}");
    }
}
