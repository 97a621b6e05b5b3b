using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>A handler is told when much waits, and when little waits again; the two take turns.</summary>
public sealed class CongestionSpec : WebSocketSpec
{
    private const int Header = 4;

    private readonly ClientProbe _client;

    private readonly WebSocketTestKit _kit;

    public CongestionSpec()
    {
        _kit = Serve(static options => options with
        {
            SendQueue = options.SendQueue with { CongestedAboveBytes = 10 * (1000 + Header), WritableBelowBytes = 2 * (1000 + Header) },
        });
        _client = _kit.Connect();
        Handler.ExpectOpened();
        _client.Socket.StopReading();
    }

    [Fact]
    public void Congested_is_told_above_the_high_watermark_and_not_at_it()
    {
        Send(10);
        _kit.AwaitIdle();
        Handler.ExpectNothing();

        Send(1);
        Handler.Expect<Ws.Congested>();
    }

    [Fact]
    public void Congested_and_Writable_alternate()
    {
        for (var round = 0; round < 3; round++)
        {
            Send(30);
            Handler.Expect<Ws.Congested>();
            _kit.AwaitIdle();
            Handler.ExpectNothing();

            _client.Socket.ResumeReading();
            Handler.Expect<Ws.Writable>();
            _kit.AwaitIdle();
            Handler.ExpectNothing();
            _client.Socket.StopReading();
        }
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public void Writable_is_told_at_the_low_watermark(int left, bool isWritable)
    {
        Send(1);
        _kit.AwaitIdle();
        Handler.Tell(Ws.Send.Binary(new byte[65_000]));
        Send(left);
        Handler.Expect<Ws.Congested>();

        _client.Socket.ReadOnce();
        _kit.AwaitIdle();
        Handler.ExpectNothing();
        _client.Socket.ReadOnce();

        _kit.AwaitIdle();
        if (isWritable)
        {
            Handler.Expect<Ws.Writable>();
        }

        Handler.ExpectNothing();
    }

    [Fact]
    public void A_congested_connection_that_closes_is_not_told_Writable()
    {
        Send(30);
        Handler.Expect<Ws.Congested>();
        Handler.Tell(new Ws.Close());
        _client.Socket.ResumeReading();
        for (var i = 0; i < 30; i++)
        {
            _client.ExpectBinary();
        }

        _client.ExpectClose(1000);
        _client.SendClose();

        Handler.ExpectClosed(1000);
        _kit.AwaitIdle();
        Handler.ExpectNothing();
    }

    private void Send(int messages)
    {
        for (var i = 0; i < messages; i++)
        {
            Handler.Tell(Ws.Send.Binary(new byte[1000]));
        }
    }
}
