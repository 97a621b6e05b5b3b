using System.Runtime.InteropServices;
using System.Text;
using WsActors.Protocol;
using WsActors.Protocol.Messages;
using WsActors.Sessions.Subprotocol;

namespace WsActors.Tests.Sessions;

/// <summary>The frames of the subprotocol on the wire: each has one spelling, and any other is a violation.</summary>
public sealed class SessionFrameTests
{
    private const string Most = "9223372036854775807";

    [Theory]
    [InlineData(Role.Client, "hello", "Hello")]
    [InlineData(Role.Client, "hello t e 0", "Resume t e 0")]
    [InlineData(Role.Client, "hello To-ken_1 3p0ch 17", "Resume To-ken_1 3p0ch 17")]
    [InlineData(Role.Client, $"hello t e {Most}", $"Resume t e {Most}")]
    [InlineData(Role.Client, "hello t e 17 reloaded", "Resume t e 17 reloaded")]
    [InlineData(Role.Client, "message 1\nhi", "Message 1 Text 'hi'")]
    [InlineData(Role.Client, "ack 10", "Ack 10")]
    [InlineData(Role.Client, "ping", "Ping")]
    [InlineData(Role.Client, "pong", "Pong")]
    [InlineData(Role.Server, "ping", "Ping")]
    [InlineData(Role.Server, "pong", "Pong")]
    [InlineData(Role.Server, "welcome t e new 0", "Welcome t e New 0")]
    [InlineData(Role.Server, "welcome t e true 5", "Welcome t e Recovered 5")]
    [InlineData(Role.Server, "welcome t e false 0", "Welcome t e Lost 0")]
    [InlineData(Role.Server, "message 1\n", "Message 1 Text ''")]
    [InlineData(Role.Server, $"message {Most}\n\nack 5\n", $"Message {Most} Text '\nack 5\n'")]
    [InlineData(Role.Server, "message 3\n日本語", "Message 3 Text '日本語'")]
    [InlineData(Role.Server, $"ack {Most}", $"Ack {Most}")]
    public void Each_frame_is_read_and_written_unchanged(Role sender, string wire, string frame)
    {
        var read = Read(sender, wire);

        Assert.Equal(frame, Text(read));
        Assert.Equal(wire, Encoding.UTF8.GetString(Write(read).Span));
    }

    [Theory]
    [InlineData(Role.Client)]
    [InlineData(Role.Server)]
    public void The_payload_of_a_binary_message_is_any_bytes(Role sender)
    {
        byte[] wire = [.. "message 2\n"u8, 0x0A, 0x00, 0xFF];

        Assert.True(SessionFrameReader.TryRead(sender, MessageKind.Binary, wire, out var frame, out _));

        Assert.Equal(MessageKind.Binary, frame.MessageKind);
        Assert.Equal(new byte[] { 0x0A, 0x00, 0xFF }, frame.Payload.ToArray());
        Assert.Equal(wire, Write(frame).ToArray());
    }

    [Fact]
    public void A_payload_is_a_slice_of_the_received_bytes()
    {
        var wire = "message 42\nhello"u8.ToArray();

        Assert.True(SessionFrameReader.TryRead(Role.Client, MessageKind.Text, wire, out var frame, out _));

        Assert.True(MemoryMarshal.TryGetArray(frame.Payload, out var slice));
        Assert.Same(wire, slice.Array);
        Assert.Equal(11, slice.Offset);
    }

    [Theory]
    [InlineData("", "hello, message, ack, ping or pong")]
    [InlineData(" ", "hello, message, ack, ping or pong")]
    [InlineData("\n", "hello, message, ack, ping or pong")]
    [InlineData("Hello", "hello, message, ack, ping or pong")]
    [InlineData("hello\r", "hello, message, ack, ping or pong")]
    [InlineData("hello\0", "hello, message, ack, ping or pong")]
    [InlineData("\ufeffhello", "hello, message, ack, ping or pong")]
    [InlineData(" hello", "hello, message, ack, ping or pong")]
    [InlineData("helloo", "hello, message, ack, ping or pong")]
    [InlineData("welcome t e new 0", "hello, message, ack, ping or pong")]
    [InlineData("hello\n", "line feed")]
    [InlineData("ack 1\n", "line feed")]
    [InlineData("hello t e 1\nx", "line feed")]
    [InlineData("message 1", "line feed")]
    [InlineData("message", "line feed")]
    [InlineData("message\nx", "offset")]
    [InlineData("message \nx", "offset")]
    [InlineData("message 0\nx", "offset 1")]
    [InlineData("message 1 \nx", "last field")]
    [InlineData("message 1 2\nx", "last field")]
    [InlineData("message  1\nx", "offset")]
    [InlineData("message\t1\nx", "hello, message, ack, ping or pong")]
    [InlineData("message 1\r\nx", "offset")]
    [InlineData("ping ", "last field")]
    [InlineData("pong 1", "last field")]
    [InlineData("ping\n", "line feed")]
    [InlineData("Ping", "hello, message, ack, ping or pong")]
    [InlineData("ack", "offset")]
    [InlineData("ack ", "offset")]
    [InlineData("ack 0", "offset 1")]
    [InlineData("ack 00", "offset")]
    [InlineData("ack 01", "offset")]
    [InlineData("ack +1", "offset")]
    [InlineData("ack -1", "offset")]
    [InlineData("ack 1.0", "offset")]
    [InlineData("ack 1e1", "offset")]
    [InlineData("ack 1,000", "offset")]
    [InlineData("ack x", "offset")]
    [InlineData("ack ١", "offset")]
    [InlineData("ack 9223372036854775808", "2^63")]
    [InlineData("ack 18446744073709551617", "2^63")]
    [InlineData("ack 1111111111111111111111111111111111", "2^63")]
    [InlineData("ack 1 ", "last field")]
    [InlineData("ack 1 2", "last field")]
    [InlineData("hello ", "token")]
    [InlineData("hello  e 1", "token")]
    [InlineData("hello t= e 1", "token")]
    [InlineData("hello t/ e 1", "token")]
    [InlineData("hello tö e 1", "token")]
    [InlineData("hello t", "epoch")]
    [InlineData("hello t  1", "epoch")]
    [InlineData("hello t + 1", "epoch")]
    [InlineData("hello t e", "offset")]
    [InlineData("hello t e ", "offset")]
    [InlineData("hello t e -0", "offset")]
    [InlineData("hello t e 1 1", "last field")]
    public void A_frame_that_no_client_may_send_is_a_violation_with_its_rule(string wire, string rule) =>
        AssertBroken(Role.Client, wire, rule);

    [Theory]
    [InlineData("", "welcome, message, ack, ping or pong")]
    [InlineData("hello", "welcome, message, ack, ping or pong")]
    [InlineData("hello t e 1", "welcome, message, ack, ping or pong")]
    [InlineData("welcome", "token")]
    [InlineData("welcome t e", "recovered is true or false")]
    [InlineData("welcome t e True 1", "recovered is true or false")]
    [InlineData("welcome t e  1", "recovered is true or false")]
    [InlineData("welcome t e lost 1", "recovered is true or false")]
    [InlineData("welcome t e true", "offset")]
    [InlineData("welcome t e true 1\n", "line feed")]
    [InlineData("welcome t e true 1 1", "last field")]
    [InlineData("message 1", "line feed")]
    [InlineData("ack 0", "offset 1")]
    public void A_frame_that_no_server_may_send_is_a_violation_with_its_rule(string wire, string rule) =>
        AssertBroken(Role.Server, wire, rule);

    [Theory]
    [InlineData(Role.Client, "hello")]
    [InlineData(Role.Client, "ack 1")]
    [InlineData(Role.Client, "ping")]
    [InlineData(Role.Client, "hello t e 1")]
    [InlineData(Role.Server, "welcome t e new 0")]
    public void Only_a_message_may_be_binary(Role sender, string wire) => AssertBroken(sender, wire, "binary", MessageKind.Binary);

    [Theory]
    [InlineData(256, 64, true)]
    [InlineData(257, 64, false)]
    [InlineData(256, 65, false)]
    public void Tokens_and_epochs_are_bounded(int token, int epoch, bool isRead)
    {
        var wire = $"hello {new string('t', token)} {new string('e', epoch)} 1";

        Assert.Equal(isRead, SessionFrameReader.TryRead(Role.Client, MessageKind.Text, Encoding.ASCII.GetBytes(wire), out _, out _));
    }

    [Fact]
    public void Any_written_frame_is_read_as_the_same()
    {
        var random = new Random(1);
        for (var i = 0; i < 5000; i++)
        {
            var (sender, frame) = Some(random);

            Assert.True(SessionFrameReader.TryRead(sender, frame.MessageKind, Write(frame), out var read, out _), $"{Text(frame)}");
            Assert.Equal(Text(frame), Text(read));
        }
    }

    /// <summary>The beginning of a number is a number: a truncated frame is then valid, but another one.</summary>
    [Fact]
    public void A_truncated_frame_is_a_violation_or_the_only_spelling_of_another_frame()
    {
        var random = new Random(2);
        for (var i = 0; i < 500; i++)
        {
            var (sender, frame) = Some(random);
            var wire = Write(frame);
            for (var length = 0; length < wire.Length; length++)
            {
                if (SessionFrameReader.TryRead(sender, frame.MessageKind, wire[..length], out var read, out _))
                {
                    Assert.True(
                        wire[..length].Span.SequenceEqual(Write(read).Span), $"{Text(frame)} cut at {length} is read as {Text(read)}");
                }
            }
        }
    }

    [Fact]
    public void Messages_and_acks_are_read_without_allocation_and_written_as_one_array()
    {
        var payload = new byte[1000];
        var message = SessionFrameWriter.Message(123, payload);
        var ack = SessionFrameWriter.Ack(123);

        Assert.Equal(0, Allocated(() => SessionFrameReader.TryRead(Role.Client, MessageKind.Binary, message, out _, out _)));
        Assert.Equal(0, Allocated(() => SessionFrameReader.TryRead(Role.Client, MessageKind.Text, ack, out _, out _)));
        Assert.Equal(Allocated(() => GC.KeepAlive(new byte[message.Length])), Allocated(() => SessionFrameWriter.Message(123, payload)));
        Assert.Equal(Allocated(() => GC.KeepAlive(new byte[ack.Length])), Allocated(() => SessionFrameWriter.Ack(123)));
    }

    [Fact]
    public void A_frame_shows_neither_its_token_nor_its_payload()
    {
        Assert.DoesNotContain("secret", $"{Read(Role.Client, "hello secret e 1")}", StringComparison.Ordinal);
        Assert.DoesNotContain("secret", $"{Read(Role.Client, "message 1\nsecret")}", StringComparison.Ordinal);
    }

    private static SessionFrame Read(Role sender, string wire)
    {
        Assert.True(
            SessionFrameReader.TryRead(sender, MessageKind.Text, Encoding.UTF8.GetBytes(wire), out var frame, out var violation),
            violation?.Reason);
        return frame;
    }

    private static void AssertBroken(Role sender, string wire, string rule, MessageKind kind = MessageKind.Text)
    {
        Assert.False(SessionFrameReader.TryRead(sender, kind, Encoding.UTF8.GetBytes(wire), out _, out var violation));
        Assert.Equal(4400, violation.Code);
        Assert.Contains(rule, violation.Reason, StringComparison.Ordinal);
    }

    private static ReadOnlyMemory<byte> Write(in SessionFrame frame) => frame.Kind switch
    {
        SessionFrameKind.Hello => SessionFrameWriter.Hello(),
        SessionFrameKind.Resume => SessionFrameWriter.Resume(frame.Token, frame.Epoch, frame.Offset, frame.IsReloaded),
        SessionFrameKind.Welcome => SessionFrameWriter.Welcome(frame.Token, frame.Epoch, frame.Recovery, frame.Offset),
        SessionFrameKind.Message => SessionFrameWriter.Message(frame.Offset, frame.Payload.Span),
        SessionFrameKind.Ping => SessionFrameWriter.Ping(),
        SessionFrameKind.Pong => SessionFrameWriter.Pong(),
        _ => SessionFrameWriter.Ack(frame.Offset),
    };

    private static string Text(in SessionFrame frame) => frame.Kind switch
    {
        SessionFrameKind.Hello => "Hello",
        SessionFrameKind.Ping => "Ping",
        SessionFrameKind.Pong => "Pong",
        SessionFrameKind.Resume => $"Resume {frame.Token} {frame.Epoch} {frame.Offset}{(frame.IsReloaded ? " reloaded" : "")}",
        SessionFrameKind.Welcome => $"Welcome {frame.Token} {frame.Epoch} {frame.Recovery} {frame.Offset}",
        SessionFrameKind.Message when frame.MessageKind == MessageKind.Binary =>
            $"Message {frame.Offset} {Convert.ToHexString(frame.Payload.Span)}",
        SessionFrameKind.Message => $"Message {frame.Offset} Text '{Encoding.UTF8.GetString(frame.Payload.Span)}'",
        _ => $"Ack {frame.Offset}",
    };

    private static (Role Sender, SessionFrame Frame) Some(Random random)
    {
        var sender = random.Next(2) == 0 ? Role.Client : Role.Server;
        var offset = random.NextInt64(1, random.GetItems([10, 1000, long.MaxValue], 1)[0]);
        return (sender, random.Next(5) switch
        {
            0 => SessionFrame.Ack(offset),
            3 => random.Next(2) == 0 ? SessionFrame.Ping : SessionFrame.Pong,
            1 when sender == Role.Server => SessionFrame.Welcome(Name(random, 256), Name(random, 64), (Recovery)random.Next(3), offset - 1),
            1 => random.Next(5) == 0 ? SessionFrame.Hello : SessionFrame.Resume(
                Name(random, 256), Name(random, 64), offset - 1, isReloaded: random.Next(2) == 0),
            2 => SessionFrame.Message(offset, MessageKind.Text, Encoding.UTF8.GetBytes(Name(random, 20) + "\n ü")),
            _ => SessionFrame.Message(offset, MessageKind.Binary, Bytes(random)),
        });
    }

    private static string Name(Random random, int most) =>
        new(random.GetItems("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".AsSpan(), random.Next(1, most + 1)));

    private static byte[] Bytes(Random random)
    {
        var bytes = new byte[random.Next(100)];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>The minimum of some calls: the first pays for initialization, and a collection on another thread may add to one.</summary>
    private static long Allocated(Action action) => Enumerable.Range(0, 10).Min(_ =>
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    });
}
