using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using WsActors.Transport.Tls;

namespace WsActors.Transport.Sockets;

/// <summary>
/// The TLS of one connection, over its socket. It is disposed of once the connection has ended and no operation is in flight:
/// <c>SslStream</c> must not lose its keys while it uses them. Within the connection's gate, except for the operations in flight.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "It disposes of what it owns when nobody uses it any more.")]
internal sealed class TlsSession
{
    private readonly SocketConnection _connection;

    /// <summary>The number of operations in flight: handshake, read, write.</summary>
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

    /// <summary>Starts the handshake on the thread pool. The connection's handler is told its result.</summary>
    public void Start(StartTls how)
    {
        TryEnter();
        _ = Task.Run(() => StartAsync(how));
    }

    /// <summary>Begins an operation; false when the session has ended.</summary>
    public bool TryEnter()
    {
        _pendingOperations += _isClosed ? 0 : 1;
        return !_isClosed;
    }

    /// <summary>Ends an operation.</summary>
    public void Exit()
    {
        _pendingOperations--;
        DisposeWhenUnused();
    }

    /// <summary>The socket is closed: the operations in flight will fail.</summary>
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
