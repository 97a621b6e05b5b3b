using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.IO;
using WsActors.Connection;
using WsActors.Transport;

namespace WsActors.Manager;

/// <summary>One address at which an endpoint listens. Owned by the manager.</summary>
/// <param name="endpoint">Its rules.</param>
/// <param name="local">Where it listens.</param>
/// <param name="source">The byte source's actor that listens.</param>
/// <param name="asked">What it was asked for by.</param>
internal sealed class Listener(ServerEndpointContext endpoint, EndPoint local, IActorRef source, PendingBind asked)
{
    /// <summary>Another listener may have the same: that at the other loopback address.</summary>
    public ServerEndpointContext Endpoint { get; } = endpoint;

    public EndPoint Local { get; } = local;

    public IActorRef Source { get; } = source;

    /// <summary>Whether it is to stop: else its end is a fault, and it is bound again.</summary>
    public bool IsUnbinding { get; set; }

    /// <summary>Asks for the same endpoint, at the very address that it had.</summary>
    public PendingBind ToPendingBind() => asked with
    {
        Address = asked.Address with { EndPoint = Local, OtherLoopback = null },
        Asker = ActorRefs.Nobody,
        IsRebind = true,
        First = null,
    };
}

/// <summary>An endpoint that was asked for and has no answer yet.</summary>
/// <param name="Bind">The request.</param>
/// <param name="Address">Where.</param>
/// <param name="Endpoint">Its rules, checked already.</param>
/// <param name="Asker">Who is told what became of it.</param>
internal sealed record PendingBind(Ws.Bind Bind, ListenAddress Address, ServerEndpointContext Endpoint, IActorRef Asker)
{
    /// <summary>Whether it listened before, and stopped by itself.</summary>
    public bool IsRebind { get; init; }

    /// <summary>The listener at the first loopback address, for a bind at the other one of the same endpoint; else null.</summary>
    public Listener? First { get; init; }

    /// <summary>The number of ports that were free at the first loopback address and not at the other.</summary>
    public int PortsTried { get; init; }

    /// <summary>Whether nobody wants it any more: what listens then is to stop.</summary>
    public bool IsCanceled { get; set; }

    /// <summary>With fewer a burst of connects was measured to lose three in four to retransmission.</summary>
    public const int Backlog = 4096;

    /// <summary>The request as the byte source takes it. Reads are pulled, so that at most one waits in a connection's mailbox.</summary>
    public Tcp.Bind ToTcp(IActorRef manager, TcpSettings settings) =>
        new(manager, Address.EndPoint, Backlog, [new DualModeSocketOption(), new UnixSocketPermissions(Endpoint.Options.UnixPermissions)], pullMode: true) { TcpSettings = settings };

    /// <summary>The same endpoint at the other loopback address; null without one.</summary>
    /// <param name="first">What listens at the first one; null if nothing can.</param>
    public PendingBind? AtOtherLoopback(Listener? first) => Address.OtherLoopback is not { } other ? null : this with
    {
        Address = Address with { EndPoint = first is null ? other : new IPEndPoint(other.Address, ((IPEndPoint)first.Local).Port), OtherLoopback = null },
        First = first,
    };

    /// <summary>The answer to who asks while the node drains.</summary>
    public static Ws.BindFailed RefusedByDrain(Ws.Bind bind) =>
        new(bind.Endpoint, $"Cannot listen on {bind.Endpoint}: the server drains; start another.");

    /// <summary>The answer to who asked for what somebody else has unbound before it listened.</summary>
    public Ws.BindFailed Unbound() => new(Bind.Endpoint, $"Cannot listen on {Bind.Endpoint}: it was unbound before it listened.");

    public static SocketError? ErrorOf(Exception? cause) => (cause as SocketException)?.SocketErrorCode;

    /// <summary>The answer to a failed bind: one sentence with the cause and the cure.</summary>
    public Ws.BindFailed Failed(Exception? cause)
    {
        var cure = ErrorOf(cause) switch
        {
            SocketError.AddressAlreadyInUse when Address.IsUnix => "another program listens there; stop it or choose another path",
            SocketError.AccessDenied when Address.IsUnix => "the directory is not one that this process may write to; choose another path",
            SocketError.AddressNotAvailable when Address.IsUnix => "there is no such directory; make it or choose another path",
            SocketError.AddressAlreadyInUse when First is not null || Address.OtherLoopback is not null =>
                $"the port is in use at {Address.EndPoint}; stop the program that has it or choose another port",
            SocketError.AddressAlreadyInUse => "the port is in use; stop the program that has it or choose another port",
            SocketError.AccessDenied => "the port needs more rights than this process has; choose one above 1023",
            SocketError.AddressNotAvailable => "this machine does not have that address; listen on one of its own or on *",
            _ => cause?.Message.TrimEnd('.') ?? "the byte source refused without a reason",
        };
        return new Ws.BindFailed(Bind.Endpoint, $"Cannot listen on {Bind.Endpoint}: {cure}.");
    }
}
