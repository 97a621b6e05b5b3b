using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Akka.Actor;
using WsActors.Protocol.Messages;

namespace WsActors.Server.Samples;

/// <summary>
/// The chat's protocol: text messages, each a JSON object with a <c>type</c>. To join, a client opens
/// <c>/chat/{room}?name=…&amp;tab=…</c>; to leave, it closes. A tab is any text that a client chose once and nobody guesses: who
/// connects with the same one again takes its old connection's place.
/// <code>
/// server: {"type":"welcome","name":"Ann","here":["Ann","Bob"],"node":"one:4053"}
///                                                                  to the newcomer: the name it got, who is here, itself included, and
///                                                                  which node has its socket
/// server: {"type":"served","node":"two:4053"}                      to one who came back to its session: which node has its socket now
/// server: {"type":"joined","name":"Cy"}                            to the others
/// server: {"type":"left","name":"Cy"}
/// server: {"type":"renamed","name":"Ann-2"}                        to one whose name turned out to be another's: its name from now on
/// server: {"type":"said","name":"Ann","text":"hi","at":1767225600000}   to all, the speaker included; Unix milliseconds
/// client: {"type":"say","text":"hi"}                               at most <see cref="MaxTextLength"/> UTF-16 units, as a page counts them
/// </code>
/// A name that is missing or bad becomes <c>guest-…</c>, one that is taken gets a number. Where two take one name before they hear of each
/// other, on two nodes, the later one is renamed. Room names are compared exactly, people's names without regard to case. Anything
/// that the chat page would never send closes the connection with <see cref="Refused"/> and a reason: a client that breaks the protocol
/// has a bug, and its author should notice. Text that is empty but for spaces is ignored. Clients ignore types they do not know.
/// <para>
/// A client that speaks <c>wsactors.session.v2</c> or <c>.v1</c> keeps its place in the room while it has no socket, and is told what it
/// missed. A welcome comes once a session, and again, without a node, when its handler restarts: where the session has moved, lines of
/// that moment may be missing.
/// </para>
/// </summary>
internal static class Chat
{
    /// <summary>The close code for a client that breaks this protocol, or asks for a room whose name is no name. Coming back won't help.</summary>
    public const int Refused = 4400;

    /// <summary>The close code for a connection whose tab has connected again. The newer one stays open.</summary>
    public const int TakenOver = 4409;

    /// <summary>
    /// Most people in a room: each is told of each, so that a room costs the square of them. One more is closed with 1013, and may come back. A few
    /// that come at once may be more.
    /// </summary>
    public const int MaxPeople = 100;

    /// <summary>The longest name of a tab, in UTF-16 units; a longer name is ignored.</summary>
    public const int MaxTabLength = 64;

    /// <summary>Longest text, in UTF-16 units.</summary>
    public const int MaxTextLength = 2000;

    // Relaxed: letters of any script leave as themselves, not as six bytes of escape each. The text goes into a WebSocket, never into HTML.
    private static readonly ChatJson Json =
        new(new JsonSerializerOptions(ChatJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>The message of a client; null when it is not in the protocol.</summary>
    public static Say? Parse(Ws.Received message)
    {
        try
        {
            var say = message.Kind == MessageKind.Text ? JsonSerializer.Deserialize(message.Payload.Span, Json.Say) : null;
            return say is { Type: "say", Text.Length: <= MaxTextLength } ? say : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Loads what JSON needs, while files can be opened: .NET never tries again to load an assembly that it once could not.</summary>
    public static void Prepare()
    {
        Encode(new Said("", "", 0));
        JsonSerializer.Deserialize("""{"type":"say","text":""}"""u8, Json.Say);
    }

    /// <summary>This node's address in the cluster; without a cluster, the machine's name.</summary>
    public static string NodeOf(ActorSystem system) => NodeOf(((ExtendedActorSystem)system).Provider.DefaultAddress);

    /// <summary>The name of any node.</summary>
    public static string NodeOf(Address node) => node is { Host: { } host, Port: { } port } ? $"{host}:{port}" : Environment.MachineName;

    /// <summary>Encoded once, for any number of connections.</summary>
    public static Ws.Send Encode(Event told) => Ws.Send.Prepared(PreparedMessage.Text(JsonSerializer.Serialize(told, Json.Event)));

    /// <summary>A message from a client.</summary>
    public sealed record Say(string Type, string Text);

    /// <summary>A message from the server.</summary>
    [JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
    [JsonDerivedType(typeof(Welcome), "welcome")]
    [JsonDerivedType(typeof(Served), "served")]
    [JsonDerivedType(typeof(Joined), "joined")]
    [JsonDerivedType(typeof(Left), "left")]
    [JsonDerivedType(typeof(Renamed), "renamed")]
    [JsonDerivedType(typeof(Said), "said")]
    public abstract record Event;

    public sealed record Welcome(
        string Name,
        IReadOnlyCollection<string> Here,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Node) : Event;

    public sealed record Served(string Node) : Event;

    public sealed record Joined(string Name) : Event;

    public sealed record Left(string Name) : Event;

    public sealed record Renamed(string Name) : Event;

    public sealed record Said(string Name, string Text, long At) : Event;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Chat.Say))]
[JsonSerializable(typeof(Chat.Event))]
internal sealed partial class ChatJson : JsonSerializerContext;
