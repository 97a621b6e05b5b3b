using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using WsActors.Protocol.Frames;
using WsActors.Routing;
using WsActors.Tests.Loopback;
using Wire = WsActors.Tests.Loopback.Wire;

namespace WsActors.Sockets.Tests.Tls;

/// <summary>
/// Records of TLS are not frames, and a socket that has nothing more to read may have much that is decrypted: all of that is delivered at
/// once, not when more comes.
/// </summary>
[Collection(OneByOne.Name)]
public sealed class RecordsSpec
{
    public static TheoryData<SslProtocols> Versions => [SslProtocols.Tls12, SslProtocols.Tls13];

    [Theory]
    [MemberData(nameof(Versions))]
    public Task Many_frames_in_one_record_are_all_answered_at_once(SslProtocols version) => Converse(version, async (tls, _) =>
    {
        const int Frames = 100;
        await tls.WriteAsync((byte[])[.. Enumerable.Range(0, Frames).SelectMany(static i => Wire.Text($"{i}"))]);

        for (var i = 0; i < Frames; i++)
        {
            Assert.Equal($"{i}", await ReadText(tls));
        }
    });

    /// <summary>One read takes the first 4 KiB of a record of 16.</summary>
    [Theory]
    [MemberData(nameof(Versions))]
    public Task The_rest_of_a_partly_read_record_does_not_wait_for_the_next(SslProtocols version) => Converse(version, async (tls, _) =>
    {
        var large = new string('x', 4 * 1024);
        await tls.WriteAsync((byte[])[.. Wire.Text(large), .. Wire.Text(large), .. Wire.Text(large), .. Wire.Text("last")]);

        Assert.Equal([large, large, large, "last"], [await ReadText(tls), await ReadText(tls), await ReadText(tls), await ReadText(tls)]);
    });

    [Theory]
    [MemberData(nameof(Versions))]
    public Task A_frame_of_one_byte_a_record_is_answered(SslProtocols version) => Converse(version, async (tls, _) =>
    {
        foreach (var one in Wire.Text("byte by byte"))
        {
            await tls.WriteAsync(new[] { one });
        }

        Assert.Equal("byte by byte", await ReadText(tls));
    });

    [Theory]
    [MemberData(nameof(Versions))]
    public Task Frames_received_with_close_notify_are_answered(SslProtocols version) => Converse(version, async (tls, inner) =>
    {
        var large = new string('x', 100_000);
        inner.Hold();
        await tls.WriteAsync(Wire.Text("before"));
        await tls.WriteAsync(Wire.Text(large));
        await tls.ShutdownAsync();
        await inner.Release();

        Assert.Equal("before", await ReadText(tls));
        Assert.Equal(large, await ReadText(tls));

        await ExpectCloseNotify(tls, inner, version);
    });

    [Theory]
    [MemberData(nameof(Versions))]
    public Task Our_close_ends_with_close_notify_and_no_reset(SslProtocols version) => Converse(version, async (tls, inner) =>
    {
        await tls.WriteAsync(Wire.Close(1000));
        var close = new byte[4];
        await ReadExactly(tls, close);
        Assert.Equal([0x88, 2, 1000 >> 8, 1000 & 0xFF], close);

        await ExpectCloseNotify(tls, inner, version);
        await tls.ShutdownAsync();
    });

    private static async Task Converse(SslProtocols version, Func<SslStream, HeldStream, Task> conversation)
    {
        await WithinTls.Run(async () =>
        {
            await using var server = await LoopbackServer.Start(
                static _ => RouteTable.Empty.Map("/", static _ => Reaction.Echo),
                static options => options with { CloseTimeout = Eventually.Patience });
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(server.EndPoint);
            var inner = new HeldStream(new NetworkStream(socket, ownsSocket: true));
            await using var tls = new SslStream(inner);
            var options = WithinTls.Authority!.ClientOptions(); // not null: within it
            options.EnabledSslProtocols = version;
            await tls.AuthenticateAsClientAsync(options);
            await tls.WriteAsync(Wire.Request("/"));
            await ReadHead(tls);

            await conversation(tls, inner);

            await tls.DisposeAsync();
            await server.WaitUntilEmpty();
            Assert.Equal(0, server.WebSockets.RentedBuffers);
        });
    }

    private static async Task ReadHead(SslStream tls)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (head.Count < 4 || head[^1] != '\n' || head[^3] != '\n')
        {
            await ReadExactly(tls, one);
            head.Add(one[0]);
        }
    }

    private static async Task<string> ReadText(SslStream tls)
    {
        var header = new byte[2];
        await ReadExactly(tls, header);
        Assert.Equal(0x80 | (int)Opcode.Text, header[0]);
        var more = new byte[header[1] switch { 126 => 2, 127 => 8, _ => 0 }];
        await ReadExactly(tls, more);
        var payload = new byte[more.Length == 0 ? header[1] : more.Aggregate(0, static (sum, next) => (sum << 8) + next)];
        await ReadExactly(tls, payload);
        return System.Text.Encoding.UTF8.GetString(payload);
    }

    private static async Task ReadExactly(SslStream tls, byte[] room)
    {
        using var deadline = new CancellationTokenSource(Eventually.Patience);
        await tls.ReadExactlyAsync(room, deadline.Token);
    }

    /// <summary>Our close_notify, and not only the end of the socket: SslStream does not tell them apart.</summary>
    private static async Task ExpectCloseNotify(SslStream tls, HeldStream inner, SslProtocols version)
    {
        using var deadline = new CancellationTokenSource(Eventually.Patience);
        Assert.Equal(0, await tls.ReadAsync(new byte[1], deadline.Token));
        var (type, length) = inner.LastRecord;

        // RFC 8446 §5.2 hides the type: two bytes of alert, one of type, sixteen of tag.
        Assert.True(
            version == SslProtocols.Tls12 ? type == 21 : (type, length) == (23, 19), $"The last record is of type {type}, {length} bytes.");
    }

    /// <summary>Holds records back, so that they are sent in one write.</summary>
    private sealed class HeldStream(Stream socket) : Stream
    {
        private readonly MemoryStream _came = new();

        private MemoryStream? _held;

        /// <summary>The content types of the received records (RFC 8446 §5.1).</summary>
        public (int Type, int Length) LastRecord
        {
            get
            {
                var rest = _came.ToArray().AsSpan();
                var last = (Type: 0, Length: 0);
                while (rest.Length >= 5)
                {
                    last = (rest[0], BinaryPrimitives.ReadUInt16BigEndian(rest[3..]));
                    rest = rest[(5 + last.Length)..];
                }

                return last;
            }
        }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public void Hold() => _held = new MemoryStream();

        public async Task Release()
        {
            await socket.WriteAsync(_held!.ToArray()); // not null: it was held
            _held = null;
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await socket.ReadAsync(buffer, cancellationToken);
            _came.Write(buffer.Span[..count]);
            return count;
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            await (_held ?? socket).WriteAsync(buffer, cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            socket.Dispose();
            base.Dispose(disposing);
        }
    }
}
