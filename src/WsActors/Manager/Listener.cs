using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.IO;
using WsActors.Connection;
using WsActors.Transport;

namespace WsActors.Manager;

/// <summary>One address at which an endpoint listens. Owned by the manager.</summary>
/// <param name="endpoint">The context of the endpoint.</param>
/// <param name="local">The bound address.</param>
/// <param name="source">The actor of the byte source that listens.</param>
/// <param name="pendingBind">The bind that created it.</param>
internal sealed class Listener(ServerEndpointContext endpoint, EndPoint local, IActorRef source, PendingBind pendingBind)
{
    /// <summary>The endpoint. The listener at the other loopback address shares it.</summary>
    public ServerEndpointContext Endpoint { get; } = endpoint;

    public EndPoint Local { get; } = local;

    public IActorRef Source { get; } = source;

    /// <summary>Whether it is being unbound. If not, its stop is a fault, and it is bound again.</summary>
    public bool IsUnbinding { get; set; }

    /// <summary>The bind that listens again, at exactly the same address.</summary>
    public PendingBind ToPendingBind() => pendingBind with
    {
        Address = pendingBind.Address with { EndPoint = Local, OtherLoopback = null },
        Asker = ActorRefs.Nobody,
        IsRebind = true,
        First = null,
    };
}

/// <summary>A bind without an answer.</summary>
/// <param name="Bind">The request.</param>
/// <param name="Address">The address to listen at.</param>
/// <param name="Endpoint">The context of the endpoint, with checked options.</param>
/// <param name="Asker">The actor that gets the answer.</param>
internal sealed record PendingBind(Ws.Bind Bind, ListenAddress Address, ServerEndpointContext Endpoint, IActorRef Asker)
{
    /// <summary>Whether it binds again a listener that stopped by itself.</summary>
    public bool IsRebind { get; init; }

    /// <summary>The listener at the first loopback address, for a bind at the other one of the same endpoint; else null.</summary>
    public Listener? First { get; init; }

    /// <summary>The number of ports that were free at the first loopback address and not at the other.</summary>
    public int PortsTried { get; init; }

    /// <summary>Whether it was canceled: a listener that starts for it is stopped.</summary>
    public bool IsCanceled { get; set; }

    /// <summary>
    /// The length of the kernel's accept queue. With a shorter one, three in four of a burst of connects were measured to be lost to
    /// retransmission.
    /// </summary>
    public const int Backlog = 4096;

    /// <summary>The bind command for the byte source. Reads are pulled, so that at most one waits in a connection's mailbox.</summary>
    public Tcp.Bind ToTcp(IActorRef manager, TcpSettings settings)
    {
        var permissions = new UnixSocketPermissions(Endpoint.Options.UnixPermissions);
        return new Tcp.Bind(manager, Address.EndPoint, Backlog, [new DualModeSocketOption(), permissions], pullMode: true)
        {
            TcpSettings = settings,
        };
    }

    /// <summary>The bind of the same endpoint at the other loopback address; null without one.</summary>
    /// <param name="first">The listener at the first address; null if there cannot be one.</param>
    public PendingBind? AtOtherLoopback(Listener? first) => Address.OtherLoopback is not { } other ? null : this with
    {
        Address = Address with
        {
            EndPoint = first is null ? other : new IPEndPoint(other.Address, ((IPEndPoint)first.Local).Port),
            OtherLoopback = null,
        },
        First = first,
    };

    /// <summary>The answer to a bind during a drain.</summary>
    public static Ws.BindFailed RefusedByDrain(Ws.Bind bind) =>
        new() { Endpoint = bind.Endpoint, Reason = $"Cannot listen on {bind.Endpoint}: the server drains; start another." };

    /// <summary>The answer to a bind whose address was unbound before it listened.</summary>
    public Ws.BindFailed Unbound() => new()
    {
        Endpoint = Bind.Endpoint,
        Reason = $"Cannot listen on {Bind.Endpoint}: it was unbound before it listened.",
    };

    public static SocketError? ErrorOf(Exception? cause) => (cause as SocketException)?.SocketErrorCode;

    /// <summary>The answer to a failed bind: one sentence with the cause and a remedy.</summary>
    public Ws.BindFailed Failed(Exception? cause)
    {
        var remedy = ErrorOf(cause) switch
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
        return new Ws.BindFailed { Endpoint = Bind.Endpoint, Reason = $"Cannot listen on {Bind.Endpoint}: {remedy}." };
    }
}
