using System.Diagnostics;
using WsActors.Messages;
using WsActors.Tracing;

namespace WsActors.Serialization;

/// <summary>
/// The codecs of messages with a trace context: the context, then the bytes of the message's own codec. A message without a context keeps
/// its own bytes, which nodes of every version read. A message within a user's message is written without its context: it may be stored.
/// </summary>
internal static class TracedCodec
{
    /// <summary>Behind the manifest of the message's own codec.</summary>
    private const string Suffix = "T";

    private const int IdBytes = 16 + 8;

    /// <summary>The manifests of the messages that carry a context.</summary>
    private static readonly string[] Manifests = ["S1", "R1", "RC1", "PB1", "TP1", "DL1", "SC1", "XU1", "XS1"];

    public static IEnumerable<Codec> From(IEnumerable<Codec> codecs) =>
        codecs.Where(static codec => Manifests.Contains(codec.Manifest)).Select(From);

    private static Codec From(Codec own) =>
        new(
            own.Manifest + Suffix,
            own.Type,
            (to, message) =>
            {
                Write(to, TraceContexts.Of(CarrierOf(message)));
                own.Write(to, message);
            },
            from =>
            {
                var context = Read(from);
                var message = own.Read(from);
                TraceContexts.Set(CarrierOf(message), context);
                return message;
            })
        {
            When = static message => TraceContexts.Crosses(CarrierOf(message)),
            IsForWire = true,
        };

    /// <summary>The object that has the context of a message: where a message for a session or a user is within, that one.</summary>
    private static object CarrierOf(object message) => message switch
    {
        Ws.Deliver deliver => deliver.Message,
        Ws.SendToUser send => send.Message,
        SendToLocalUser send => send.Message,
        _ => message,
    };

    /// <param name="to">The bytes.</param>
    /// <param name="context">The context; the default, without the sampled flag, for one past its age.</param>
    private static void Write(MessageWriter to, ActivityContext context)
    {
        Span<byte> ids = stackalloc byte[IdBytes];
        context.TraceId.CopyTo(ids[..16]);
        context.SpanId.CopyTo(ids[16..]);
        to.Bytes(ids);
        to.Byte((byte)context.TraceFlags);
        to.Text(TraceParent.Bounded(context.TraceState));
    }

    private static ActivityContext Read(MessageReader from)
    {
        var (ids, flags, state) = (from.Bytes(), from.Byte(), from.TextOrNull());
        return ids.Length == IdBytes
            ? new ActivityContext(
                ActivityTraceId.CreateFromBytes(ids.AsSpan(0, 16)),
                ActivitySpanId.CreateFromBytes(ids.AsSpan(16)),
                (ActivityTraceFlags)flags,
                TraceParent.Bounded(state),
                isRemote: true)
            : throw from.Damaged($"a trace context has {ids.Length} bytes");
    }
}
