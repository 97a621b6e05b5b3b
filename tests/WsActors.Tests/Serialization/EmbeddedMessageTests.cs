using System.Runtime.Serialization;
using System.Text.Json;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;
using Akka.Util;
using WsActors.Protocol.Handshake;
using WsActors.Protocol.Messages;
using WsActors.Routing;
using WsActors.Serialization;

namespace WsActors.Tests.Serialization;

/// <summary>
/// Our messages within a user's message, event or snapshot: whole under each serializer that a user may have chosen, or one clear error.
/// </summary>
public sealed class EmbeddedMessageTests : Akka.TestKit.Xunit2.TestKit
{
    private const string Hyperion = """
        akka.actor.serializers.hyperion = "Akka.Serialization.HyperionSerializer, Akka.Serialization.Hyperion"
        """;

    private readonly Samples _samples;

    public EmbeddedMessageTests()
        : base(ConfigurationFactory.ParseString(Hyperion), Samples.System)
    {
        Sys.WebSockets();
        _samples = new Samples((ExtendedActorSystem)Sys);
    }

    public static TheoryData<string> Serializers => ["Newtonsoft", "Hyperion", "System.Text.Json"];

    [Theory]
    [MemberData(nameof(Serializers))]
    public void A_message_within_a_users_arrives_whole(string serializer) => Assert.All(
        Public,
        message => Assert.Equal(Rendering.Of(message), Rendering.Of(Again(serializer, Hold(message.GetType(), message)))));

    [Theory]
    [MemberData(nameof(Serializers))]
    public void A_member_may_be_any_event_or_any_command(string serializer)
    {
        Assert.All(
            Public.OfType<Ws.IEvent>(),
            message => Assert.Equal(Rendering.Of(message), Rendering.Of(Again(serializer, new Held<Ws.IEvent>(7, message)))));
        Assert.All(
            Public.OfType<Ws.ICommand>(),
            message => Assert.Equal(Rendering.Of(message), Rendering.Of(Again(serializer, new Held<Ws.ICommand>(7, message)))));
    }

    [Theory]
    [MemberData(nameof(Serializers))]
    public void A_list_of_them_arrives_whole(string serializer)
    {
        IReadOnlyList<Ws.Send> sends =
        [
            Ws.Send.Text("one"), Ws.Send.Binary(new byte[] { 2 }) with { Overflow = Ws.OverflowPolicy.Conflate("key") },
        ];

        Assert.Equal(Rendering.Of(sends), Rendering.Of(Again(serializer, new Held<List<Ws.Send>>(7, [.. sends]))));
    }

    [Theory]
    [MemberData(nameof(Serializers))]
    public void The_HTTP_parts_within_a_users_message_arrive_whole(string serializer)
    {
        var request = Samples.Request("GET /tea?name=Ann HTTP/1.1\r\nHost: here\r\nX-User: S\u00f8rina\r\nCookie: a=1\r\n\r\n"u8).Http;
        HttpHeaders headers = [new("Server", "one"), new("X-Node", "two"), new("Server", "three")];

        Assert.All<object>(
            [
                request, headers, headers[0], HttpHeaders.Empty, new ResponseHead(101, headers),
                PlainResponse.Text(200, "h\u00e9", headers), new PlainResponse(204, HttpHeaders.Empty, default),
            ],
            value => Assert.Equal(Rendering.Of(value), Rendering.Of(Again(serializer, Hold(value.GetType(), value)))));
    }

    [Theory]
    [MemberData(nameof(Serializers))]
    public void Equal_headers_stay_with_their_own_request(string serializer)
    {
        var ann = Samples.Request("GET /a HTTP/1.1\r\nHost: here\r\nX-User: ann\r\nX-Role: admin\r\nX-Role: admin\r\n\r\n"u8).Http;
        var bob = Samples.Request("GET /b HTTP/1.1\r\nHost: here\r\nX-User: bob\r\n\r\n"u8).Http;
        var response = new ResponseHead(101, ann.Headers);

        Assert.All<object>(
            [
                new Pair<RequestHead>(ann, bob),
                new Pair<HttpHeaders>(ann.Headers, bob.Headers),
                new Pair<HttpHeaders>(ann.Headers, ann.Headers),
                new Pair<PlainResponse>(PlainResponse.Text(200, "a", ann.Headers[0]), PlainResponse.Text(404, "b", bob.Headers)),
                new Pair<ResponseHead>(response, new ResponseHead(101, bob.Headers)),
                new ResponseWithHeaders(response, response.Headers),
            ],
            value => Assert.Equal(Rendering.Of(value), Rendering.Of(Again(serializer, Hold(value.GetType(), value)))));
    }

    [Theory]
    [MemberData(nameof(Serializers))]
    public void A_message_that_cannot_cross_nodes_fails_when_it_is_written(string serializer)
    {
        var refused = Assert.Throws<SerializationException>(
            () => Again(serializer, new Held<Ws.Bind>(7, new Ws.Bind("ws://*:80", RouteTable.Empty))));

        Assert.Contains("stays on its node", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directly_told_message_that_cannot_cross_nodes_fails_in_the_same_way() =>
        Assert.Throws<SerializationException>(() => Sys.Serialization.Serialize(new Ws.Bind("ws://*:80", RouteTable.Empty)));

    [Fact]
    public void System_Text_Json_needs_no_actor_system_for_a_message_that_names_no_actor()
    {
        var json = JsonSerializer.Serialize(new Held<Ws.Send>(7, Ws.Send.Text("hi")));

        Assert.Equal("hi"u8.ToArray(), JsonSerializer.Deserialize<Held<Ws.Send>>(json)!.Message.Payload.ToArray());
    }

    [Fact]
    public void System_Text_Json_without_an_actor_system_fails_with_the_need_of_a_reference()
    {
        var json = JsonSerializer.Serialize(
            new Held<Ws.Received>(7, new Ws.Received
            {
                Connection = _samples.Connection,
                Kind = MessageKind.Text,
                Payload = "hi"u8.ToArray(),
            }));

        var refused = Assert.Throws<SerializationException>(() => JsonSerializer.Deserialize<Held<Ws.Received>>(json));

        Assert.Contains("new WsJsonConverter(system)", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "Number": 7, "Message": {} }""")]
    [InlineData("""{ "Number": 7, "Message": [1] }""")]
    [InlineData("""{ "Number": 7, "Message": [{ "Name": "X" }] }""")]
    [InlineData("""{ "Number": 7, "Message": [{ "Name": "X", "Value": 1 }] }""")]
    [InlineData("""{ "Number": 7, "Message": [{ "Name": "X", "Value": "1\r\nY: 2" }] }""")]
    public void JSON_of_unsendable_headers_is_refused(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Held<HttpHeaders>>(json));

    [Theory]
    [InlineData("1")]
    [InlineData("\"\"")]
    [InlineData("\"GET / HTTP/1.1\"")]
    [InlineData("\"GET / HTTP/1.1\\r\\nHost: here\\r\\n\\r\\nGET\"")]
    public void JSON_of_an_invalid_request_is_refused(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Held<RequestHead>>($$"""{ "Number": 7, "Message": {{json}} }"""));

    [Theory]
    [InlineData("""{ "Number": 7, "Message": { "Kind": 0, "Payload": "aGk=" } }""")]
    [InlineData("""{ "Number": 7, "Message": { "manifest": 1, "bytes": 2 } }""")]
    [InlineData("""{ "Number": 7, "Message": { "manifest": "P1", "bytes": "" } }""")]
    [InlineData("""{ "Number": 7, "Message": [] }""")]
    public void JSON_of_another_form_is_refused(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Held<Ws.Send>>(json));

    /// <summary>Each public message and value: the types are those with a codec, so that none is left out.</summary>
    private IEnumerable<object> Public => _samples.All.Values.Where(static message => message.GetType().IsVisible);

    [Fact]
    public void Each_public_type_that_crosses_nodes_has_the_converter() => Assert.All(
        WsSerializer.Known.Types.Concat(PresenceSerializer.Known.Types).Where(static type => type.IsVisible),
        static type =>
        {
            Assert.True(typeof(ISurrogated).IsAssignableFrom(type), $"{type} has no surrogate.");
            Assert.True(
                type.IsDefined(typeof(System.Text.Json.Serialization.JsonConverterAttribute), inherit: false),
                $"{type} names no converter.");
        });

    private static object Hold(Type type, object message) => Activator.CreateInstance(typeof(Held<>).MakeGenericType(type), 7, message)!;

    /// <summary>Writes and reads a container of a message, and extracts the message.</summary>
    private object? Again(string serializer, object held)
    {
        var again = serializer switch
        {
            "Newtonsoft" => Through(Assert.IsType<NewtonSoftJsonSerializer>(Sys.Serialization.FindSerializerFor(held)), held),
            "Hyperion" =>
                Through(Assert.IsType<HyperionSerializer>(Sys.Serialization.FindSerializerForType(typeof(Unbound), "hyperion")), held),
            _ => JsonSerializer.Deserialize(JsonSerializer.Serialize(held, held.GetType(), Json), held.GetType(), Json)!,
        };
        Assert.Equal(7, held.GetType().GetProperty("Number")!.GetValue(again));
        return held.GetType().GetProperty("Message")!.GetValue(again);
    }

    private JsonSerializerOptions Json =>
        field ??= new JsonSerializerOptions { Converters = { new WsJsonConverter(Sys, allowAcks: true) } };

    private static object Through(Serializer serializer, object held) => serializer.FromBinary(serializer.ToBinary(held), held.GetType());

    internal sealed record Held<T>(int Number, T Message);

    private sealed record Pair<T>(T A, T B);

    private sealed record ResponseWithHeaders(ResponseHead Response, HttpHeaders Headers);

    private sealed class Unbound;
}
