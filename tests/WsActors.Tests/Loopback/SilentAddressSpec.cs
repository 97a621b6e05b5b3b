using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using WsActors.Routing;

namespace WsActors.Tests.Loopback;

/// <summary>A client and a name with two addresses, the first of which is silent: as where IPv6 is announced and leads nowhere.</summary>
[Collection(OneByOne.Name)]
public sealed class SilentAddressSpec
{
    private static readonly IPAddress Silent = IPAddress.Parse("127.0.0.2");

    /// <summary>The time to connect: an attempt that ends within half of it was ended.</summary>
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    [LinuxFact]
    public async Task The_answering_address_is_used_and_the_other_attempts_are_canceled()
    {
        await using var server = await LoopbackServer.Start(_ => RouteTable.Empty.Map("/", static _ => Reaction.Echo));
        using var silence = new Silence(server.EndPoint.Port);
        var connect = new Ws.Connect($"ws://two.test:{server.EndPoint.Port}/", Reaction.PropsFor(static _ => { }))
        {
            LookUp = static (_, _) => Task.FromResult(new[] { Silent, IPAddress.Loopback }),
            Configure = static options => options with { ConnectTimeout = Long },
        };

        var connected = await server.WebSockets.ConnectAsync(connect).WaitAsync(Eventually.Patience);

        await Eventually.Holds(() => silence.AttemptsOfOthers == 0, () => $"{silence.AttemptsOfOthers} attempts go on.", Long / 2);
        connected.Connection.Tell(new Ws.Close());
        await server.WaitUntilEmpty();
    }

    [LinuxFact]
    public async Task Pending_attempts_end_with_the_client()
    {
        await using var server = await LoopbackServer.Start(_ => RouteTable.Empty.Map("/", static _ => Reaction.Echo));
        using var silence = new Silence(server.EndPoint.Port);
        var handler = server.System.ActorOf(Reaction.PropsFor(static _ => { }));
        var connecting = server.WebSockets.ConnectAsync(new Ws.Connect($"ws://two.test:{server.EndPoint.Port}/", handler)
        {
            LookUp = static (_, _) => Task.FromResult(new[] { Silent }),
            Configure = static options => options with { ConnectTimeout = Long },
        });
        await Eventually.Holds(() => silence.AttemptsOfOthers == 1, static () => "Nothing is dialled.");

        var client = ((ActorRefWithCell)server.WebSockets.Clients).Children.Single();
        client.Tell(new Ws.Close());

        await Assert.ThrowsAsync<ConnectFailedException>(() => connecting.WaitAsync(Eventually.Patience));
        await Eventually.Holds(() => silence.AttemptsOfOthers == 0, static () => "The attempt goes on.", Long / 2);
        await server.WaitUntilEmpty();
    }

    /// <summary>A port at the silent address whose queue of connections is full: Linux does not answer further connects.</summary>
    private sealed class Silence : IDisposable
    {
        private readonly List<Socket> _sockets = [];

        private readonly int _port;

        private readonly int _own;

        public Silence(int port)
        {
            _port = port;
            var listening = New();
            listening.Bind(new IPEndPoint(Silent, port));
            listening.Listen(0);
            do
            {
                var filling = New();
                filling.Blocking = false;
                try
                {
                    filling.Connect(Silent, port);
                }
                catch (SocketException e) when (e.SocketErrorCode == SocketError.WouldBlock)
                {
                    // As it is without blocking.
                }
            }
            while (Attempts() < 2);
            _own = Attempts();
        }

        /// <summary>Sockets that wait for an answer, without those that fill the queue.</summary>
        public int AttemptsOfOthers => Attempts() - _own;

        public void Dispose() => _sockets.ForEach(static socket => socket.Dispose());

        private Socket New()
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            _sockets.Add(socket);
            return socket;
        }

        // In /proc/net/tcp, tcp6 is for sockets of both families; 02 is SYN_SENT, and addresses are of the machine's byte order.
        private int Attempts()
        {
            var end = string.Create(CultureInfo.InvariantCulture, $"0200007F:{_port:X4} 02");
            return new[] { "/proc/net/tcp", "/proc/net/tcp6" }.Where(File.Exists)
                .SelectMany(File.ReadLines)
                .Count(line => line.Contains(end, StringComparison.Ordinal));
        }
    }

    private sealed class LinuxFactAttribute : FactAttribute
    {
        public LinuxFactAttribute() =>
            Skip = OperatingSystem.IsLinux() ? null : "Only Linux has 127.0.0.2, and is silent where a queue is full.";
    }
}
