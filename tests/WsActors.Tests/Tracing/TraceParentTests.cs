using System.Diagnostics;
using WsActors.Tracing;

namespace WsActors.Tests.Tracing;

/// <summary>The headers of W3C Trace Context, which a peer writes.</summary>
public sealed class TraceParentTests
{
    private const string Valid = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    [Fact]
    public void A_valid_parent_is_remote_and_keeps_its_state()
    {
        var context = TraceParent.Parse([Valid], ["a=1", "b=2"]);

        Assert.Equal(("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"), ($"{context.TraceId}", $"{context.SpanId}"));
        Assert.Equal((ActivityTraceFlags.Recorded, "a=1,b=2", true), (context.TraceFlags, context.TraceState, context.IsRemote));
        Assert.Equal(Valid, TraceParent.Format(context));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more")]
    [InlineData("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01")]
    [InlineData("00-00000000000000000000000000000000-b7ad6b7169203331-01")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01")]
    [InlineData("ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0g")]
    [InlineData("00_0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331_01")]
    public void A_malformed_parent_is_ignored(string header) => Assert.Equal(default, TraceParent.Parse([header], ["a=1"]));

    [Fact]
    public void Two_parents_are_none() => Assert.Equal(default, TraceParent.Parse([Valid, Valid], []));

    [Theory]
    [InlineData(512, true)]
    [InlineData(513, false)]
    public void A_state_that_is_too_long_is_dropped_without_its_parent(int length, bool isKept)
    {
        var state = new string('a', length);

        var context = TraceParent.Parse([Valid], [state[..100], state[101..]]);

        Assert.Equal(isKept ? length : null, context.TraceState?.Length);
        Assert.NotEqual(default, context.TraceId);
    }

    [Theory]
    [InlineData("a=\r\nb")]
    [InlineData("a=é")]
    [InlineData("")]
    public void A_state_that_no_header_can_carry_is_dropped(string state) => Assert.Null(TraceParent.Bounded(state));
}
