using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;

namespace WsActors.Transport.Sockets;

/// <summary>Reads as they come from the socket. It waits by a read of no bytes, and rents a buffer when there is something.</summary>
[SuppressMessage("Design", "CA1001", Justification = "It disposes of what it owns when the socket ends.")]
internal sealed class PlainIncoming : Incoming
{
    private readonly Waiting _waiting;

    public PlainIncoming(SocketConnection connection, Buffers buffers)
        : base(connection, buffers) => _waiting = new Waiting(this);

    public override void Dispose() => _waiting.Dispose();

    protected override void Read(bool isReady)
    {
        while (IsWanted && !Connection.IsOver && !(isReady && TryReceive()))
        {
            if (Connection.Socket.ReceiveAsync(_waiting) || !IsAlive())
            {
                return;
            }

            isReady = true;
        }
    }

    private void GoOn()
    {
        using var turn = Connection.BeginTurn();
        lock (Connection.Gate)
        {
            if (!Connection.IsOver && IsAlive())
            {
                Read(isReady: true);
            }
        }
    }

    /// <summary>What the read of no bytes found: only the first to ask is told of a reset.</summary>
    private bool IsAlive()
    {
        if (_waiting.SocketError == SocketError.Success)
        {
            return true;
        }

        Fail(SentenceOf(_waiting.SocketError));
        return false;
    }

    /// <returns>False when there is nothing to read after all.</returns>
    private bool TryReceive()
    {
        var buffer = Rent();
        var count = Connection.Socket.Receive(buffer, SocketFlags.None, out var error);
        if (error == SocketError.Success)
        {
            Came(buffer, count);
            return true;
        }

        Return(buffer);
        if (error == SocketError.WouldBlock)
        {
            IsMuch = false;
            return false;
        }

        Fail(SentenceOf(error));
        return true;
    }

    private static string SentenceOf(SocketError error) => new SocketException((int)error).Message;

    private sealed class Waiting(PlainIncoming incoming) : SocketAsyncEventArgs(true)
    {
        protected override void OnCompleted(SocketAsyncEventArgs e) => incoming.GoOn();
    }
}
