using WsActors.Protocol.Messages;

namespace WsActors.Tests.Client;

/// <summary>A client streams as a server does, whomever its handler knows as the connection.</summary>
public sealed class ClientStreamSpec : ClientSpec
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_message_streamed_by_a_client_arrives_whole(bool reconnects)
    {
        var source = new StreamedSource();
        var server = Open(reconnects ? Reconnects : null);
        Handler.Tell(Ws.Send.Stream(MessageKind.Text, source.Parts) with { Ack = "stream" });

        source.Yield("part by "u8.ToArray(), "part"u8.ToArray());
        source.End();

        server.ExpectText("part by part");
        Handler.ExpectAck("stream");
        await source.IsDisposed();
    }
}
