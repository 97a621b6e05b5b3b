using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.IO;
using WsActors.Runtime;

namespace WsActors.Transport.Sockets;

/// <summary>
/// The byte source over <c>System.Net.Sockets</c>: takes <c>Tcp.Bind</c> and <c>Tcp.Connect</c>, and answers as Akka.IO's TCP does. One per
/// system; its listeners are its children.
/// </summary>
internal sealed class SocketSourceActor : ResilientActor, IWithTimers
{
    /// <summary>The time of a connected socket's requester to register for it: the requester may have stopped.</summary>
    private static readonly TimeSpan RegisterTimeout = TimeSpan.FromSeconds(10);

    private readonly SocketRegistry _sockets;

    private long _dialled;

    public SocketSourceActor(SocketRegistry open) => _sockets = open;

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(SocketRegistry open) => Props.Create<SocketSourceActor>(open);

    // A failed listener has lost its socket.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(static _ => Directive.Stop);

    protected override void Handle(object message)
    {
        switch (message)
        {
            case Tcp.Bind bind: Bind(bind); break;
            case Tcp.Connect connect: Connect(connect, Sender); break;
            case Dialed dialed: Take(dialed); break;
            case RegisterTimedOut timedOut: timedOut.Connection.Tell(SocketConnection.AbortUnlessRegistered.Instance); break;
            case DialFailed failed: failed.Asker.Tell(new Tcp.CommandFailed(failed.Connect, failed.Cause), Self); break;
            default: Unhandled(message); break;
        }
    }

    /// <inheritdoc/>
    protected override void Refuse(object message, Exception cause)
    {
        switch (message)
        {
            case Tcp.Command command: Sender.Tell(new Tcp.CommandFailed(command, cause), Self); break;
            case Dialed dialed: Fail(dialed, cause); break;
        }
    }

    private void Bind(Tcp.Bind bind)
    {
        var unix = bind.LocalAddress as UnixDomainSocketEndPoint;
        Socket? socket = null;
        try
        {
            // Throws where the machine does not have the address family.
            var protocol = unix is null ? ProtocolType.Tcp : ProtocolType.Unspecified;
            socket = new Socket(bind.LocalAddress.AddressFamily, SocketType.Stream, protocol);
            foreach (var option in bind.Options)
            {
                option.BeforeServerSocketBind(socket);
            }

            if (unix is null)
            {
                socket.Bind(bind.LocalAddress);
            }
            else
            {
                UnixSocketFile.Bind(socket, unix, bind.Options.OfType<UnixSocketPermissions>().Single().Mode);
            }

            socket.Listen(bind.Backlog);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or NotSupportedException or IOException
            or UnauthorizedAccessException)
        {
            socket?.Dispose();
            Sender.Tell(new Tcp.CommandFailed(bind, e), Self);
            return;
        }

        var local = socket.LocalEndPoint!;
        var listener = Context.ActorOf(SocketListenerActor.PropsFor(socket, bind.Handler, _sockets));
        Sender.Tell(new Tcp.Bound(local), listener);
    }

    private void Connect(Tcp.Connect connect, IActorRef asker) => _ = DialAsync(connect).PipeTo(
        Self,
        success: socket => new Dialed(connect, socket, asker),
        failure: cause => new DialFailed(connect, cause, asker));

    /// <summary>Connects to a host: all addresses of its name are tried one after the other. Any thread.</summary>
    private static async Task<Socket> DialAsync(Tcp.Connect connect)
    {
        var socket = connect.RemoteAddress switch
        {
            UnixDomainSocketEndPoint => new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified),
            IPEndPoint ip => new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp),
            _ => new Socket(SocketType.Stream, ProtocolType.Tcp),
        };
        using var deadline = new CancellationTokenSource(connect.Timeout ?? Timeout.InfiniteTimeSpan);
        try
        {
            foreach (var option in connect.Options)
            {
                option.BeforeConnect(socket);
            }

            await socket.ConnectAsync(connect.RemoteAddress, deadline.Token).ConfigureAwait(false);
            foreach (var option in connect.Options)
            {
                option.AfterConnect(socket);
            }

            return socket;
        }
        catch (Exception e)
        {
            socket.Dispose();
            throw e is OperationCanceledException ? new SocketException((int)SocketError.TimedOut) : e;
        }
    }

    private void Take(Dialed dialed)
    {
        try
        {
            var connected = new Tcp.Connected(dialed.Socket.RemoteEndPoint!, dialed.Socket.LocalEndPoint!);
            var connection = SocketConnection.Create(dialed.Socket, Self.Path / "clients", ++_dialled, _sockets);
            dialed.Asker.Tell(connected, connection);
            Timers.StartSingleTimer(connection, new RegisterTimedOut(connection), RegisterTimeout);
        }
        // A socket that was closed meanwhile has no addresses.
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Fail(dialed, e);
        }
    }

    private void Fail(Dialed dialed, Exception cause)
    {
        dialed.Socket.Dispose();
        dialed.Asker.Tell(new Tcp.CommandFailed(dialed.Connect, cause), Self);
    }

    private sealed record RegisterTimedOut(IActorRef Connection) : INoSerializationVerificationNeeded;

    private sealed record Dialed(Tcp.Connect Connect, Socket Socket, IActorRef Asker) : INoSerializationVerificationNeeded;

    private sealed record DialFailed(Tcp.Connect Connect, Exception Cause, IActorRef Asker) : INoSerializationVerificationNeeded;
}
