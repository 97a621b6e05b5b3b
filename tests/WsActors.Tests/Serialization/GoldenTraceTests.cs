using System.Diagnostics;
using System.Runtime.Serialization;
using Akka.Actor;
using WsActors.Messages;
using WsActors.Serialization;
using WsActors.Tracing;

namespace WsActors.Tests.Serialization;

/// <summary>
/// The bytes of messages with a trace context: the context, then the bytes of the same message without one. Recorded bytes must be readable
/// for ever.
/// </summary>
public sealed class GoldenTraceTests : Akka.TestKit.Xunit2.TestKit
{
    private const string Ids = "18" + "0af7651916cd43dd8448eb211c80319c" + "b7ad6b7169203331";

    private const string Context = Ids + "01" + "09" + "76656e646f723d31";

    private const string Ref = "26616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f2461233432";

    private static readonly ActivityContext Sampled = new(
        ActivityTraceId.CreateFromString("0af7651916cd43dd8448eb211c80319c"),
        ActivitySpanId.CreateFromString("b7ad6b7169203331"),
        ActivityTraceFlags.Recorded,
        "vendor=1",
        isRemote: true);

    private readonly WsSerializer _serializer;

    private readonly IReadOnlyDictionary<string, object> _samples;

    public GoldenTraceTests()
        : base("", Samples.System)
    {
        _serializer = new WsSerializer((ExtendedActorSystem)Sys);
        _samples = new Samples((ExtendedActorSystem)Sys).All;
        Sys.WebSockets();
    }

    public static TheoryData<string, string> Golden => new()
    {
        { "S1", "00010002046b657901ee6403433106a11f0461636b68c3a9" },
        { "R1", Ref + "006869" },
        { "RC1", Ref + "01010102" },
        { "PB1", "04746561000000006869" },
        { "TP1", "04746561" + Ref + "000000006869" },
        { "DL1", "0369640566656564ac02000000006869" },
        { "SC1", Ref + "ac02006869" },
        { "XU1", "04616e6e8087a70e000000006869" },
        { "XS1", "04616e6e" + Ref + "000000006869" },
    };

    [Theory]
    [MemberData(nameof(Golden))]
    public void A_message_with_a_context_is_written_in_the_recorded_bytes_and_read(string manifest, string own)
    {
        var message = _samples[manifest];
        TraceContexts.Set(CarrierOf(message), Sampled);

        Assert.Equal(manifest + "T", _serializer.Manifest(message));
        Assert.Equal(Context + own, Convert.ToHexStringLower(_serializer.ToBinary(message)));
        Assert.Equal((manifest, own), Embedded(message));

        var read = _serializer.FromBinary(Convert.FromHexString(Context + own), manifest + "T");
        var context = TraceContexts.Of(CarrierOf(read));
        Assert.Equal(
            (Sampled.TraceId, Sampled.SpanId, "vendor=1", true), (context.TraceId, context.SpanId, context.TraceState, context.IsRemote));
        Assert.Equal(Rendering.Of(message), Rendering.Of(read));
    }

    [Fact]
    public void A_context_that_is_not_sampled_does_not_cross()
    {
        var message = _samples["TP1"];
        TraceContexts.Set(message, new ActivityContext(Sampled.TraceId, Sampled.SpanId, ActivityTraceFlags.None));

        Assert.Equal("TP1", _serializer.Manifest(message));
    }

    [Fact]
    public void The_activity_of_a_handlers_message_does_not_cross()
    {
        using var activity = new Activity("receive").Start();
        TraceContexts.Set(_samples["R1"], activity);

        Assert.Equal("R1", _serializer.Manifest(_samples["R1"]));
    }

    [Fact]
    public void A_context_past_its_age_is_read_as_none()
    {
        var read = _serializer.FromBinary(
            Convert.FromHexString("18" + new string('0', 48) + "00" + "00" + "04746561000000006869"), "PB1T");

        Assert.Equal((default, "PB1"), (TraceContexts.Of(read), _serializer.Manifest(read)));
    }

    [Fact]
    public void A_state_that_is_too_long_does_not_cross()
    {
        var message = _samples["TP1"];
        TraceContexts.Set(
            message, new ActivityContext(Sampled.TraceId, Sampled.SpanId, ActivityTraceFlags.Recorded, new string('a', 513)));

        Assert.StartsWith(Ids + "01" + "00", Convert.ToHexStringLower(_serializer.ToBinary(message)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("18")]
    [InlineData("020102" + "01" + "00" + "04746561000000006869")]
    public void A_damaged_context_is_a_SerializationException(string hex) =>
        Assert.Throws<SerializationException>(() => _serializer.FromBinary(Convert.FromHexString(hex), "PB1T"));

    private (string Manifest, string Bytes) Embedded(object message)
    {
        var embedded = EmbeddedMessage.From(message, Sys);
        return (embedded.Manifest, Convert.ToHexStringLower(embedded.Bytes));
    }

    private static object CarrierOf(object message) => message switch
    {
        Ws.Deliver deliver => deliver.Message,
        Ws.SendToUser send => send.Message,
        SendToLocalUser send => send.Message,
        _ => message,
    };
}
