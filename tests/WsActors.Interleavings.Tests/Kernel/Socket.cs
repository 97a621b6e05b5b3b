using System.Net;
using System.Net.Sockets;
using System.Text;
using WsActors.Interleavings.Kernel;
using WsActors.Transport.Polling;

namespace WsActors;

/// <summary>The linked sources' <c>Socket</c>, with its peer: a connection's, or a listener's.</summary>
internal sealed class Socket : IFile
{
    private readonly Queue<byte> _received = [];

    private readonly StringBuilder _sent = new();

    /// <summary>A listener's, not accepted yet.</summary>
    private readonly Queue<Socket> _backlog = [];

    private int _sendRoom;

    private bool _hasPeerClosed;

    private bool _isReset;

    private bool _isDisposed;

    /// <param name="sendRoom">The bytes that it can send before its peer reads some.</param>
    /// <param name="received">The bytes that have come.</param>
    public Socket(int sendRoom = int.MaxValue, string received = "")
    {
        Array.ForEach(Encoding.ASCII.GetBytes(received), _received.Enqueue);
        _sendRoom = sendRoom;
        Descriptor = Machine.Current.Open(this);
    }

    public int Descriptor { get; }

    public nint Handle => Descriptor;

    public Socket SafeHandle => this;

    public AddressFamily AddressFamily { get; } = AddressFamily.Unix;

    public bool NoDelay { get; set; }

    public LingerOption? LingerState { get; set; }

    public EndPoint LocalEndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 1);

    public EndPoint RemoteEndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 2);

    /// <summary>The bytes that the peer has received.</summary>
    public string Sent => _sent.ToString();

    public bool IsShutDown { get; private set; }

    public uint Events =>
        (_received.Count > 0 || _backlog.Count > 0 || _hasPeerClosed ? 0x1u : 0)
        | (_hasPeerClosed ? Epoll.PeerHungUp : 0)
        | (_sendRoom > 0 ? 0x4u : 0)
        | (_isReset ? 0x1u | 0x4u | 0x8u | 0x10u : 0);

    public int Receive(Span<byte> room, out string? failure)
    {
        Machine.Call($"recv {Descriptor}", _received);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        failure = _isReset ? "reset" : null;
        if (_received.Count == 0)
        {
            return _hasPeerClosed && !_isReset ? 0 : -1;
        }

        var count = Math.Min(room.Length, _received.Count);
        for (var i = 0; i < count; i++)
        {
            room[i] = _received.Dequeue();
        }

        return count;
    }

    public int Send(ReadOnlySpan<byte> bytes, out string? failure)
    {
        Machine.Call($"send {Descriptor}", _sent);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        failure = _isReset ? "reset" : null;
        var count = Math.Min(bytes.Length, _sendRoom);
        if (_isReset || count == 0)
        {
            return -1;
        }

        _sendRoom -= count;
        _sent.Append(Encoding.ASCII.GetString(bytes[..count]));
        return count;
    }

    public void Shutdown(SocketShutdown how)
    {
        Machine.Call($"shutdown {Descriptor}", _sent);
        IsShutDown |= how is SocketShutdown.Send or SocketShutdown.Both;
    }

    public bool Poll(int microseconds, SelectMode mode)
    {
        Machine.Call($"poll {Descriptor}", _backlog);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return (microseconds, mode) == (0, SelectMode.SelectRead) && _backlog.Count > 0;
    }

    /// <summary>Blocks until somebody is there, as a listener in blocking mode does.</summary>
    public Socket Accept()
    {
        Machine.Call($"accept {Descriptor}", _backlog, () => _backlog.Count > 0 || _isDisposed);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _backlog.Dequeue();
    }

    public void Dispose()
    {
        Machine.Call($"close {Descriptor}");
        if (!_isDisposed)
        {
            _isDisposed = true;
            Machine.Current.Close(Descriptor);
        }
    }

    // The peer's calls.

    public void PeerSends(string bytes)
    {
        Machine.Call($"peer of {Descriptor} sends {bytes}", _received);
        Array.ForEach(Encoding.ASCII.GetBytes(bytes), _received.Enqueue);
        Changed();
    }

    public void PeerCloses()
    {
        Machine.Call($"peer of {Descriptor} closes", _received);
        _hasPeerClosed = true;
        Changed();
    }

    public void PeerResets()
    {
        Machine.Call($"peer of {Descriptor} resets");
        _isReset = true;
        _received.Clear();
        Changed();
    }

    /// <summary>The kernel reports room where there was none.</summary>
    public void PeerReads(int count)
    {
        Machine.Call($"peer of {Descriptor} reads {count}", _sent);
        _sendRoom += count;
        if (_sendRoom == count)
        {
            Changed();
        }
    }

    public void PeerConnects()
    {
        Machine.Call($"a peer connects to {Descriptor}", _backlog);
        _backlog.Enqueue(new Socket());
        Changed();
    }

    private void Changed()
    {
        if (!_isDisposed)
        {
            Machine.Current.Notify(Descriptor);
        }
    }
}
