using System.Net.WebSockets;

namespace WsActors.Conformance.Tests.Script;

/// <summary>Compressed messages, there and back, with an implementation that shares no line with ours.</summary>
/// <param name="Id">See <see cref="Row"/>.</param>
/// <param name="Name">See <see cref="Row"/>.</param>
/// <param name="Corpus">The source text of the messages.</param>
/// <param name="Size">Octets of each.</param>
/// <param name="FragmentSize">Octets that go into one frame, before they are compressed; 0 for all.</param>
/// <param name="Agreement">The agreement on compression.</param>
internal sealed record Exchange(string Id, string Name, Corpus Corpus, int Size, int FragmentSize, Deflate Agreement) : Row(Id, Name)
{
    /// <summary>The public cases send a thousand; the effect of a context on the next message shows in a few.</summary>
    private const int Messages = 12;

    /// <summary>One without a context, and two behind it.</summary>
    private const int FewMessages = 3;

    public override Deflate Deflate => Agreement;

    public override async Task Examine(IPeer peer, bool isBrief)
    {
        var messages = isBrief ? FewMessages : Messages;
        await using var wire = new PeerStream(peer);
        using var other = WebSocket.CreateFromStream(wire, new WebSocketCreationOptions
        {
            IsServer = peer.IsClient,
            DangerousDeflateOptions = Agreement.ForOther,
        });
        for (var i = 0; i < messages; i++)
        {
            var message = Corpus.Piece(i, Size);
            await Send(other, message);
            var came = await Receive(other);
            Assert.True(message.Span.SequenceEqual(came), $"Message {i} came back changed.");
        }

        var length = (long)messages * Size;
        Assert.True(Size < 1024 || wire.Received < length * Corpus.MostOfItsLength, $"{length} octets came back as {wire.Received}.");
        await other.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
    }

    private async Task Send(WebSocket other, ReadOnlyMemory<byte> message)
    {
        var fragment = FragmentSize == 0 ? message.Length : FragmentSize;
        for (var start = 0; start < message.Length; start += fragment)
        {
            var end = Math.Min(start + fragment, message.Length);
            await other.SendAsync(message[start..end], Corpus.Type, endOfMessage: end == message.Length, CancellationToken.None);
        }
    }

    private async Task<byte[]> Receive(WebSocket other)
    {
        var message = new byte[Size + 1];
        for (var count = 0; ;)
        {
            var came = await other.ReceiveAsync(message.AsMemory(count), CancellationToken.None);
            Assert.Equal(Corpus.Type, came.MessageType);
            count += came.Count;
            if (came.EndOfMessage)
            {
                return message[..count];
            }
        }
    }
}
