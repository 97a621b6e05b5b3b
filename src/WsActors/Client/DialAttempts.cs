using System.Net;
using System.Net.Sockets;
using Akka.IO;
using WsActors.Transport;

namespace WsActors.Client;

/// <summary>The attempts of one dial and their outcomes. Owned by its <see cref="DialActor"/>.</summary>
/// <param name="isName">Whether the addresses are those of a name: then failure texts list each one.</param>
internal sealed class DialAttempts(bool isName)
{
    public const string UnknownName = "that name has no address; correct the name";

    private readonly List<Attempt> _all = [];

    /// <summary>The number of attempts that the byte source has not answered.</summary>
    public int InFlight { get; private set; }

    /// <summary>The reason for the failure and the cure, as the rest of a sentence.</summary>
    public string Cause => _all switch
    {
        _ when _all.Exists(static one => one.Error is SocketError.HostNotFound or SocketError.NoData) => UnknownName,
        _ when _all.Exists(static one => one.Error is null or SocketError.TimedOut) =>
            $"the server did not accept the connection in time{Tried}; check whether it runs, and whether a firewall is in between",
        _ => $"no server accepts the connection{Tried}; check whether it runs, and whether its address is right",
    };

    /// <summary>Empty for a single address, which the URI contains.</summary>
    private string Tried => isName ? $" (tried {string.Join(", ", _all)})" : "";

    /// <returns>Cancels the attempt.</returns>
    public ConnectAttempt Start(EndPoint address)
    {
        var attempt = new Attempt(address);
        _all.Add(attempt);
        InFlight++;
        return attempt.Socket;
    }

    /// <summary>An attempt has its socket.</summary>
    public void Succeed() => InFlight--;

    public void Fail(Tcp.CommandFailed failed)
    {
        InFlight--;
        if (failed.Cmd is Tcp.Connect { RemoteAddress: var address }
            && _all.Find(one => one.Error is null && one.Address.Equals(address)) is { } attempt)
        {
            // Akka.IO may give no SocketException.
            var cause = failed.Cause.HasValue ? failed.Cause.Value as SocketException : null;
            attempt.Error = cause?.SocketErrorCode ?? SocketError.SocketError;
        }
    }

    /// <summary>Cancels the attempts without a socket.</summary>
    public void CancelAll() => _all.ForEach(static one => one.Socket.Cancel());

    private sealed class Attempt(EndPoint address)
    {
        public EndPoint Address => address;

        public ConnectAttempt Socket { get; } = new();

        /// <summary>Null while the attempt is pending.</summary>
        public SocketError? Error { get; set; }

        public override string ToString() => $"{(address as IPEndPoint)?.Address}: " + Error switch
        {
            null or SocketError.TimedOut => "no answer",
            SocketError.ConnectionRefused => "refused",
            SocketError.NetworkUnreachable or SocketError.HostUnreachable => "unreachable",
            SocketError.AddressFamilyNotSupported or SocketError.AddressNotAvailable => "not an address that this machine can reach",
            _ => "failed",
        };
    }
}
