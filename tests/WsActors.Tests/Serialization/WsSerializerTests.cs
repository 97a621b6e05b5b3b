using System.Net;
using System.Runtime.Serialization;
using System.Security.Claims;
using System.Text;
using Akka.Actor;
using WsActors.Serialization;

namespace WsActors.Tests.Serialization;

/// <summary>Messages arrive whole; damaged ones are one clear exception.</summary>
public sealed class WsSerializerTests : Akka.TestKit.Xunit2.TestKit
{
    private readonly WsSerializer _serializer;

    private readonly Samples _samples;

    public WsSerializerTests()
        : base("", Samples.System)
    {
        Sys.WebSockets();
        _serializer = new WsSerializer((ExtendedActorSystem)Sys);
        _samples = new Samples((ExtendedActorSystem)Sys);
    }

    [Fact]
    public void Any_message_is_read_as_it_was_written()
    {
        const int Seed = 5;
        foreach (var message in _samples.Random(new Random(Seed), 2000))
        {
            Assert.Equal(Rendering.Of(message), Rendering.Of(Again(message)));
        }
    }

    [Fact]
    public void A_remote_handler_sees_the_same_request_as_a_local_one()
    {
        var opened = (Ws.Opened)Again(_samples.All["O1"]);

        Assert.Equal("tea", opened.Request.RouteValues["room"]);
        Assert.Equal("Ann", opened.Request.Http.Query["name"]);
        Assert.Equal("\u00e9", opened.Request.Http.Cookie("a"));
        Assert.True(opened.Request.IsSecure);
        Assert.True(opened.Principal!.Identity!.IsAuthenticated);
        Assert.Equal("ann", opened.Principal.FindFirst(ClaimTypes.Name)!.Value);
        Assert.Equal("one", opened.Items["tenant"]);
    }

    [Theory]
    [InlineData("S\u00f8rina", "\u6f22")]
    [InlineData("\u00c3\u00b8", "\u00e9")]
    [InlineData("\u00e9", "\u00c3\u00b8; b=\u00e9")]
    public void Header_values_beyond_ASCII_cross_nodes_unchanged(string user, string cookie)
    {
        var head = Encoding.UTF8.GetBytes($"GET / HTTP/1.1\r\nHost: here\r\nX-User: {user}\r\nCookie: a={cookie}\r\n\r\n");
        var opened = (Ws.Opened)_samples.All["O1"] with { Request = Samples.Request(head) };

        var http = ((Ws.Opened)Again(opened)).Request.Http;

        Assert.Equal((user, $"a={cookie}"), (http.Headers["X-User"], http.Headers["Cookie"]));
    }

    [Fact]
    public void Both_addresses_of_localhost_cross_nodes()
    {
        var (v4, v6) = (new IPEndPoint(IPAddress.Loopback, 80), new IPEndPoint(IPAddress.IPv6Loopback, 80));

        Assert.Equal([v4, v6], ((Ws.Bound)Again(new Ws.Bound
        {
            Endpoint = "ws://localhost:0",
            LocalEndPoint = v4,
            LocalEndPoints = [v4, v6],
        })).LocalEndPoints);
        Assert.Equal([v4], ((Ws.Bound)Again(new Ws.Bound { Endpoint = "ws://127.0.0.1:0", LocalEndPoint = v4 })).LocalEndPoints);
    }

    [Fact]
    public async Task The_reference_of_a_stopped_connection_is_not_read_as_the_next_one_of_its_name()
    {
        var stopped = Sys.ActorOf(Props.Empty, "d");
        var written = _serializer.ToBinary(new Ws.EndTap(stopped));
        await stopped.GracefulStop(RemainingOrDefault);
        var next = Sys.ActorOf(Props.Empty, "d");

        Assert.Equal(stopped, ((Ws.EndTap)_serializer.FromBinary(written, _serializer.Manifest(new Ws.EndTap(stopped)))).Connection);
        Assert.Equal(next, ((Ws.EndTap)Again(new Ws.EndTap(next))).Connection);
    }

    [Fact]
    public void A_users_ack_uses_its_own_serializer()
    {
        var send = (Ws.Send)Again(Ws.Send.Text("x") with { Ack = new OrderId("a-7") });

        Assert.Equal(new OrderId("a-7"), send.Ack);
    }

    [Fact]
    public void A_payload_takes_a_few_more_bytes_than_its_length()
    {
        var payload = new byte[1000];

        Assert.InRange(_serializer.ToBinary(Ws.Send.Binary(payload)).Length, payload.Length, payload.Length + 8);
    }

    [Fact]
    public void Truncated_bytes_fail_with_one_clear_exception()
    {
        foreach (var (manifest, message) in _samples.All)
        {
            var bytes = _serializer.ToBinary(message);
            for (var cut = 0; cut < bytes.Length; cut++)
            {
                AssertReadOrRefused(manifest, bytes[..cut]);
            }
        }
    }

    [Fact]
    public void Damaged_bytes_are_another_message_or_one_clear_exception()
    {
        const int Seed = 6;
        var random = new Random(Seed);
        foreach (var (manifest, message) in _samples.All)
        {
            var bytes = _serializer.ToBinary(message);
            for (var i = 0; i < 500 && bytes.Length > 0; i++)
            {
                var damaged = (byte[])bytes.Clone();
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
                damaged[random.Next(damaged.Length)] |= 0xF0;
                AssertReadOrRefused(manifest, damaged);
            }
        }
    }

    [Fact]
    public void A_length_above_the_remaining_bytes_allocates_nothing()
    {
        // 2 GiB - 1 of reason, of endpoints, of an ack.
        byte[] huge = [0xFF, 0xFF, 0xFF, 0xFF, 0x07];
        var before = GC.GetAllocatedBytesForCurrentThread();

        AssertRefused("C1", [0xE8, 0x07, .. huge]);
        AssertRefused("H1", huge);
        AssertRefused("S1", [0, 0, 0, 1, 2, 2, (byte)'x', .. huge]);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void Deeply_nested_messages_fail_with_one_clear_exception()
    {
        var send = _serializer.ToBinary(Ws.Send.Text("x"));
        for (var depth = 0; depth < 3_000; depth++)
        {
            var writer = new MessageWriter(new RequiredSystem((ExtendedActorSystem)Sys));
            writer.Byte(0);
            writer.Flag(false);
            writer.Byte(0);
            writer.Flag(true);
            writer.Number(_serializer.Identifier);
            writer.Text("S1");
            writer.Bytes(send);
            send = writer.ToArray();
        }

        Exception? thrown = null;
        var smallStack = new Thread(() => thrown = Record.Exception(() => _serializer.FromBinary(send, "S1")), maxStackSize: 512 * 1024);
        smallStack.Start();
        smallStack.Join();

        Assert.IsType<SerializationException>(thrown);
    }

    [Fact]
    public void Bytes_left_over_are_refused() => AssertRefused("D1", [1, 0]);

    [Fact]
    public void An_unknown_manifest_fails_with_the_other_version()
    {
        var refused = Assert.Throws<SerializationException>(() => _serializer.FromBinary([], "S99"));

        Assert.Contains("'S99'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Messages_with_code_do_not_cross_nodes() =>
        Assert.Throws<SerializationException>(() => _serializer.ToBinary(new Ws.Bind("ws://*:80", Routing.RouteTable.Empty)));

    [Fact]
    public void The_extension_registers_it_without_our_configuration()
    {
        Assert.All(_samples.All.Values, message => Assert.IsType<WsSerializer>(Sys.Serialization.FindSerializerFor(message)));
    }

    [Fact]
    public async Task The_reference_configuration_registers_it_without_the_extension()
    {
        var system = ActorSystem.Create("plain", WebSocketExtension.DefaultConfig);

        Assert.All(
            _samples.All.Values,
            message => Assert.IsType<WsSerializer>(((ExtendedActorSystem)system).Serialization.FindSerializerFor(message)));
        await system.Terminate();
    }

    private object Again(object message) => _serializer.FromBinary(_serializer.ToBinary(message), _serializer.Manifest(message));

    private void AssertRefused(string manifest, byte[] bytes) =>
        Assert.IsType<SerializationException>(Record.Exception(() => _serializer.FromBinary(bytes, manifest)));

    private void AssertReadOrRefused(string manifest, byte[] bytes)
    {
        var thrown = Record.Exception(() => _serializer.FromBinary(bytes, manifest));
        Assert.True(thrown is null or SerializationException, $"{manifest} {Convert.ToHexStringLower(bytes)}: {thrown}");
    }

    private sealed record OrderId(string Value);
}
