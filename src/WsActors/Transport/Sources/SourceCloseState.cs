using Akka.IO;

namespace WsActors.Transport.Sources;

/// <summary>
/// The closed directions of a source. Ours closes once all writes were sent. Part of its source, within its gate.
/// </summary>
internal struct SourceCloseState
{
    /// <summary>The close to perform once all writes were sent; null without one.</summary>
    private Tcp.CloseCommand? _requested;

    /// <summary>Whether we have closed our direction.</summary>
    private bool _isShutDown;

    private bool _hasPeerClosed;

    public readonly bool IsRequested => _requested is not null;

    /// <summary>Whether our direction must be closed once all writes were sent.</summary>
    public readonly bool IsDue => IsRequested && !_isShutDown;

    /// <summary>Whether only our direction closes: the peer's is open, and a read will find its end.</summary>
    public readonly bool WantsHalfClose => _requested is Tcp.ConfirmedClose && !_hasPeerClosed;

    /// <summary>The end of a source that closed as it was asked to.</summary>
    public readonly Tcp.ConnectionClosed End => _requested!.Event; // not null: it is due

    /// <summary>A close was requested.</summary>
    public void Request(Tcp.CloseCommand how) => _requested = how;

    /// <summary>Our direction is closed.</summary>
    public void OnSendShutDown() => _isShutDown = true;

    /// <summary>The peer closed its direction.</summary>
    /// <param name="staysOpen">Whether our direction stays open.</param>
    /// <returns>The resulting end of the source; null while it is not closed.</returns>
    public Tcp.ConnectionClosed? OnPeerClosed(bool staysOpen)
    {
        _hasPeerClosed = true;
        return _isShutDown ? Tcp.ConfirmedClosed.Instance : staysOpen ? null : Tcp.PeerClosed.Instance;
    }
}
