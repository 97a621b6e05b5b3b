using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using WsActors.Transport.Tls;

namespace WsActors.Transport.Sockets;

/// <summary>
/// The TLS of one connection, over its socket. Disposed of once that has ended and nothing is under way in it any more: what is not ours
/// may not like to lose its keys while it uses them. Under the connection's gate, but for what is under way.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "It disposes of what it owns when nobody uses it any more.")]
internal sealed class TlsSession
{
    private readonly SocketConnection _connection;

    /// <summary>Its handshake, its read, its write: how many of them are under way.</summary>
    private int _pendingOperations;

    private bool _isClosed;

    public TlsSession(SocketConnection connection, BufferPool bufferPool)
    {
        _connection = connection;
        SocketStream = new TlsSocketStream(connection.NonBlockingSocket, bufferPool);
        Stream = new SslStream(SocketStream);
    }

    /// <summary>The encrypted bytes of the socket.</summary>
    public TlsSocketStream SocketStream { get; }

    /// <summary>The decrypted bytes.</summary>
    public SslStream Stream { get; }

    /// <summary>Does the handshake, off the thread that asks for it: the connection's handler is told what came of it.</summary>
    public void Start(StartTls how)
    {
        TryEnter();
        _ = Task.Run(() => StartAsync(how));
    }

    /// <summary>Something is under way from now on; false when it is too late for it.</summary>
    public bool TryEnter()
    {
        _pendingOperations += _isClosed ? 0 : 1;
        return !_isClosed;
    }

    /// <summary>It is not any more.</summary>
    public void Exit()
    {
        _pendingOperations--;
        DisposeWhenUnused();
    }

    /// <summary>The socket is closed: what is under way will fail.</summary>
    public void Close()
    {
        _isClosed = true;
        DisposeWhenUnused();
    }

    /// <summary>The error in one line. It quotes nothing of the peer.</summary>
    public static string SentenceOf(Exception e) => e switch
    {
        AuthenticationException => e.GetBaseException().Message,
        { InnerException: SocketException socket } => socket.Message,
        { InnerException: { } inner } => inner.GetBaseException().Message,
        _ => e.Message,
    };

    private async Task StartAsync(StartTls how)
    {
        object? answer = null;
        var failure = "";
        try
        {
            answer = await how.AuthenticateAsync(Stream).ConfigureAwait(false);
            SocketStream.OnHandshakeDone();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            (answer, failure) = (e is TlsException known ? new TlsFailed(known.Message, known.IsFinal) : null, SentenceOf(e));
        }

        lock (_connection.Gate)
        {
            Exit();
            if (!_connection.IsClosed && answer is not null)
            {
                _connection.Handler.Tell(answer, _connection);
            }

            if (answer is not TlsStarted)
            {
                _connection.Fail(failure);
            }
        }
    }

    private void DisposeWhenUnused()
    {
        if (_isClosed && _pendingOperations == 0)
        {
            Stream.Dispose();
        }
    }
}
