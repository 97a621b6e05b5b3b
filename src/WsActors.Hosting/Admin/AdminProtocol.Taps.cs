using System.Text.Json.Serialization;
using WsActors.Protocol.Frames;

namespace WsActors.Hosting.Admin;

/// <content>The messages of taps.</content>
internal static partial class AdminProtocol
{
    /// <summary>
    /// Taps a connection. Answered with <see cref="Done"/>, <see cref="Tapped"/> for each batch of entries, and <see cref="TapEnded"/>; or
    /// with <see cref="Failed"/>.
    /// </summary>
    /// <param name="Id">Repeated in all answers.</param>
    /// <param name="Connection">The <c>connection</c> of a row.</param>
    /// <param name="Payload">Whether the first bytes of payloads are shown.</param>
    public sealed record StartTap(int Id, string Connection, bool Payload = false) : Asked(Id);

    /// <summary>Ends the tap of the page. Without a tap it has no effect.</summary>
    public sealed record EndTap : Request;

    /// <summary>The bounds of a tap.</summary>
    /// <param name="Seconds">The longest time.</param>
    /// <param name="Entries">Most frames and events.</param>
    /// <param name="Payload">The bytes of each payload that are shown if asked for.</param>
    public sealed record TapBounds(int Seconds, int Entries, int Payload);

    /// <summary>Frames and events of a tap, in their order.</summary>
    public sealed record Tapped(int Id, IReadOnlyList<TapEntry> Entries) : Answer;

    /// <summary>A tap has ended: nothing follows.</summary>
    /// <param name="Id">The tap's.</param>
    /// <param name="Text">Why, and how much was told.</param>
    public sealed record TapEnded(int Id, string Text) : Answer;

    /// <summary>A frame or an event.</summary>
    /// <param name="At">When, in milliseconds since 1970 UTC, by the clock of the connection's node.</param>
    [JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
    [JsonDerivedType(typeof(TapFrame), "frame")]
    [JsonDerivedType(typeof(TapEvent), "event")]
    public abstract record TapEntry(long At);

    /// <summary>A <see cref="Ws.TappedFrame"/>. Its payload is in hexadecimal, and null when it was not asked for.</summary>
    public sealed record TapFrame(
        long At, Ws.TapDirection Direction, Opcode Opcode, bool Fin, bool Rsv1, long Length, string? Payload) : TapEntry(At);

    /// <summary>A <see cref="Ws.TappedEvent"/>; the fields that its kind does not have are null.</summary>
    public sealed record TapEvent(
        long At, Ws.TapEventKind Kind, long? Count = null, int? Code = null, string? Reason = null, Ws.Side? By = null) : TapEntry(At);
}
