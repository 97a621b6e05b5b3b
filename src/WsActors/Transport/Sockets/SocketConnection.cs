using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net.Sockets;
using Akka.Actor;
using Akka.IO;
using WsActors.Transport.Sources;
using WsActors.Transport.Tls;

namespace WsActors.Transport.Sockets;

/// <summary>A socket as a byte source. Owned by its listener until its end.</summary>
internal sealed class SocketConnection : SourceRef
{
    /// <summary>Resets the socket unless an actor has registered for it: the time to register is over.</summary>
    internal sealed record AbortUnlessRegistered : INoSerializationVerificationNeeded
    {
        private AbortUnlessRegistered()
        {
        }

        public static AbortUnlessRegistered Instance { get; } = new();
    }

    private readonly SocketRegistry _sockets;

    /// <summary>Null without TLS.</summary>
    private TlsSession? _tls;

    private readonly long _number;

    private SocketConnection(Socket socket, ActorPath owner, long number, SocketRegistry open)
    {
        Socket = socket;
        Owner = owner;
        _number = number;
        _sockets = open;
        NonBlockingSocket = open.CreateSocket(this);
        SetParts(new PlainReceiver(this, open.BufferPool), new PlainSender(this));
    }

    /// <summary>Creates the reference of a connected socket.</summary>
    /// <param name="socket">The socket; owned by the reference from now on.</param>
    /// <param name="owner">The path of the owner.</param>
    /// <param name="number">The name below that path; unique there.</param>
    /// <param name="open">The registry of open sockets.</param>
    /// <exception cref="SocketException">The peer has disconnected, or the system takes no more. The caller still owns it.</exception>
    public static SocketConnection Create(Socket socket, ActorPath owner, long number, SocketRegistry open)
    {
        if (socket.AddressFamily != AddressFamily.Unix)
        {
            socket.NoDelay = true;
        }

        var connection = new SocketConnection(socket, owner, number, open);
        open.Add(connection);
        return connection;
    }

    /// <summary>The path; created on first use, which is rare.</summary>
    [field: AllowNull]
    public override ActorPath Path => field ??= Owner / _number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The path of the owner.</summary>
    public ActorPath Owner { get; }

    public override IActorRefProvider Provider => _sockets.Provider;

    public Socket Socket { get; }

    /// <summary>The reads and writes of the socket.</summary>
    public NonBlockingSocket NonBlockingSocket { get; }

    /// <inheritdoc cref="TlsSocketStream.HasReceived"/>
    public bool HasTlsBegun => _tls is { SocketStream.HasReceived: true };

    /// <summary>The neighbour in the owner's intrusive list. Used by the owner alone.</summary>
    public SocketConnection? Previous { get; set; }

    /// <inheritdoc cref="Previous"/>
    public SocketConnection? Next { get; set; }

    // Callbacks of the socket, outside the gate.

    /// <summary>A read may find bytes.</summary>
    public void OnReadable() => Receiver.OnReadable();

    /// <summary>The rest of a write was sent, or failed.</summary>
    /// <param name="failure">The failure in one line; null when it was sent.</param>
    public void OnSent(string? failure) => Sender.OnSent(failure);

    protected override void HandleOther(object message)
    {
        switch (message)
        {
            case StartTls start when !IsClosed && _tls is null: Secure(start); break;
            case AbortUnlessRegistered when Handler.IsNobody(): Close(Tcp.Aborted.Instance, isReset: true); break;
        }
    }

    protected override void Release(bool isReset)
    {
        if (isReset)
        {
            Socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        NonBlockingSocket.Close();
        Sender.Clear();
        _tls?.Close();
        _sockets.Remove(this);
    }

    protected override bool TryShutDownSend() => TryShutDown(SocketShutdown.Send);

    protected override void ShutDownBoth() => TryShutDown(SocketShutdown.Both);

    private bool TryShutDown(SocketShutdown how)
    {
        try
        {
            Socket.Shutdown(how);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Starts TLS, before any read or write.</summary>
    private void Secure(StartTls start)
    {
        _tls = new TlsSession(this, _sockets.BufferPool);
        SetParts(new TlsReceiver(this, _tls, _sockets.BufferPool), new TlsSender(this, _tls));
        _tls.Start(start);
    }
}
