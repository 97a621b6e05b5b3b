using System.Runtime.Serialization;
using System.Text.Json;
using WsActors.Serialization;

namespace WsActors.Tests.Serialization;

/// <summary>Foreign JSON creates no object but the requested message.</summary>
public sealed class UntrustedJsonTests : Akka.TestKit.Xunit2.TestKit
{
    private static readonly AsyncLocal<Trace> Seen = new();

    private readonly Trace _made = Seen.Value = new();

    public UntrustedJsonTests()
        : base("", Samples.System) => Sys.WebSockets();

    [Fact]
    public void Members_of_another_message_are_not_read()
    {
        var json = JsonOf(WithAck);

        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Presence.ListMembers>(json, Options(new WsJsonConverter(Sys))));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Ws.IEvent>(json, Options(new WsJsonConverter(Sys))));
        Assert.False(_made.Value, "The Ack of the other message was made.");
    }

    [Fact]
    public void An_ack_is_not_read_by_default()
    {
        var refused = Assert.Throws<SerializationException>(
            () => JsonSerializer.Deserialize<Ws.Send>(JsonOf(WithAck), Options(new WsJsonConverter(Sys))));

        Assert.Contains("allowAcks: true", refused.Message, StringComparison.Ordinal);
        Assert.False(_made.Value, "The Ack was made.");
    }

    [Fact]
    public void An_ack_is_not_written_by_default()
    {
        var refused = Assert.Throws<SerializationException>(() => JsonSerializer.Serialize(WithAck, Options(new WsJsonConverter(Sys))));

        Assert.Contains("allowAcks: true", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_ack_crosses_nodes_where_it_is_allowed()
    {
        var options = Options(new WsJsonConverter(Sys, allowAcks: true));

        Assert.Equal(
            "n", Assert.IsType<Gadget>(JsonSerializer.Deserialize<Ws.Send>(JsonSerializer.Serialize(WithAck, options), options)!.Ack).Name);
        _made.Value = false;
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Presence.ListMembers>(JsonOf(WithAck), options));
        Assert.False(_made.Value, "The Ack of the other message was made.");
    }

    private static Ws.Send WithAck => Ws.Send.Text("x") with { Ack = new Gadget { Name = "n" } };

    private static JsonSerializerOptions Options(WsJsonConverter converter) => new() { Converters = { converter } };

    /// <summary>The JSON of a converter that trusts its input.</summary>
    private string JsonOf(object message)
    {
        var embedded = EmbeddedMessage.From(message, Sys);
        var json = JsonSerializer.Serialize(new { manifest = embedded.Manifest, bytes = embedded.Bytes });
        _made.Value = false;
        return json;
    }

    internal sealed class Trace
    {
        public bool Value { get; set; }
    }

    /// <summary>Its setter has a side effect, like those of types that attackers look for.</summary>
    internal sealed class Gadget
    {
        public string? Name
        {
            get;
            set
            {
                field = value;
                Seen.Value!.Value = true;
            }
        }
    }
}
