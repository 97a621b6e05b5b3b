using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Akka.Actor;
using WsActors.Protocol.Messages;

namespace WsActors.Server.Samples;

/// <summary>
/// The chat's protocol: text messages, each a JSON object with a <c>type</c>. To join, a client opens <c>/chat/{room}?name=…&amp;tab=…</c>;
/// to leave, it closes. A tab is any unguessable text that a client chooses once: a new connection with the same tab replaces the old one.
/// <code>
/// server: {"type":"welcome","name":"Ann","here":["Ann","Bob"],"node":"one:4053"}
///                                                                  to the new client: its name, all names in the room, its own included,
///                                                                  and the node that has its socket
/// server: {"type":"served","node":"two:4053"}                      to a client that resumed its session: the node that has its socket
/// server: {"type":"joined","name":"Cy"}                            to the others
/// server: {"type":"left","name":"Cy"}
/// server: {"type":"renamed","name":"Ann-2"}                        to a client whose name belongs to another: its new name
/// server: {"type":"said","name":"Ann","text":"hi","at":1767225600000}   to all, the sender included; Unix milliseconds
/// client: {"type":"say","text":"hi"}                               at most <see cref="MaxTextLength"/> UTF-16 units, as JavaScript counts
/// </code>
/// A missing or invalid name becomes <c>guest-…</c>; a name that is taken gets a number. If two clients take one name at the same time on
/// two nodes, the later one is renamed. Room names are compared exactly, people's names ignoring case. A message that the chat page would
/// never send closes the connection with <see cref="Refused"/> and a reason, so that the author of a client notices the bug. Text of spaces
/// only is ignored. Clients ignore unknown types.
/// <para>
/// A client with a session stays in the room while it has no socket, and gets the messages it missed. A
/// session gets one welcome, and another without a node when its handler restarts. When a session has moved, messages of that moment may be
/// missing.
/// </para>
/// </summary>
internal static class Chat
{
    /// <summary>
    /// The close code for a client that breaks this protocol or asks for an invalid room name. A new attempt would fail again.
    /// </summary>
    public const int Refused = 4400;

    /// <summary>The close code for a connection whose tab has connected again. The newer connection stays open.</summary>
    public const int TakenOver = 4409;

    /// <summary>
    /// The largest number of people in a room: each gets events about each, so that a room's cost is quadratic. A further client is closed
    /// with 1013 and may try again. Clients that join at the same time may exceed it.
    /// </summary>
    public const int MaxPeople = 100;

    /// <summary>The longest tab, in UTF-16 units; a longer one is ignored.</summary>
    public const int MaxTabLength = 64;

    /// <summary>The longest text, in UTF-16 units.</summary>
    public const int MaxTextLength = 2000;

    // The relaxed encoder writes letters of any script as they are, not as escapes of six bytes. The text goes into a WebSocket, never into
    // HTML.
    private static readonly ChatJson Json =
        new(new JsonSerializerOptions(ChatJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>Parses the message of a client; null when it is not part of the protocol.</summary>
    public static Say? Parse(Ws.Received message) =>
        message.Kind == MessageKind.Text && message.TryReadJson(Json.Say, out var say)
        && say is { Type: "say", Text.Length: <= MaxTextLength }
            ? say
            : null;

    /// <summary>
    /// Loads the assemblies of the JSON serializer while files can be opened: .NET never retries an assembly that it once failed to load.
    /// </summary>
    public static void Prepare()
    {
        Encode(new Said("", "", 0));
        JsonSerializer.Deserialize("""{"type":"say","text":""}"""u8, Json.Say);
    }

    /// <summary>The name of this node: its address in the cluster; without a cluster, the machine's name.</summary>
    public static string NodeOf(ActorSystem system) => NodeOf(((ExtendedActorSystem)system).Provider.DefaultAddress);

    /// <summary>The name of any node.</summary>
    public static string NodeOf(Address node) => node is { Host: { } host, Port: { } port } ? $"{host}:{port}" : Environment.MachineName;

    /// <summary>Encodes an event once, for any number of connections.</summary>
    public static Ws.Send Encode(Event chatEvent) => Ws.Send.Prepared(PreparedMessage.Json(chatEvent, Json.Event));

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
