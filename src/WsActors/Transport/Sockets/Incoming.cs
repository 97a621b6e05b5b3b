using System.Net.Sockets;

namespace WsActors.Transport.Sockets;

/// <summary>
/// The reads of a socket, one at a time, when one is asked for. While nothing comes it holds no buffer: it waits by a read of no bytes, and
/// rents when there is something. Part of its connection, under its gate.
/// </summary>
internal sealed class Incoming(SocketConnection connection, Buffers buffers) : SocketAsyncEventArgs(true)
{
    private const int SmallRead = 4 * 1024;

    private const int LargeRead = 64 * 1024;

    private readonly Arrival _arrival = new();

    /// <summary>What is lent to the connection, or about to be.</summary>
    private byte[]? _buffer;

    /// <summary>Whether a read is asked for that has not come yet.</summary>
    private bool _isWanted;

    /// <summary>Whether the last read filled its buffer, so that there is more, most likely, and it is much.</summary>
    private bool _wasFull;

    /// <summary>Asks for one read. What was lent is over.</summary>
    public void Resume()
    {
        if (!_isWanted)
        {
            GiveBack();
            _isWanted = !connection.IsOver;
            Read(isReady: _wasFull);
        }
    }

    /// <summary>Takes back what was lent.</summary>
    public void GiveBack()
    {
        if (_buffer is { } buffer)
        {
            _buffer = null;
            _arrival.Bytes = default;
            buffers.Return(buffer);
        }
    }

    protected override void OnCompleted(SocketAsyncEventArgs e)
    {
        lock (connection.Gate)
        {
            if (!connection.IsOver && IsAlive())
            {
                Read(isReady: true);
            }
        }
    }

    /// <param name="isReady">Whether there is something to read, most likely.</param>
    private void Read(bool isReady)
    {
        while (_isWanted && !connection.IsOver && !(isReady && TryReceive()))
        {
            if (connection.Socket.ReceiveAsync(this) || !IsAlive())
            {
                return;
            }

            isReady = true;
        }
    }

    /// <summary>What the read of no bytes found: only the first to ask is told of a reset.</summary>
    private bool IsAlive()
    {
        if (SocketError == SocketError.Success)
        {
            return true;
        }

        _isWanted = false;
        connection.Fail(SocketError);
        return false;
    }

    /// <returns>False when there is nothing to read after all.</returns>
    private bool TryReceive()
    {
        _buffer = buffers.Rent(_wasFull ? LargeRead : SmallRead);
        var count = connection.Socket.Receive(_buffer, SocketFlags.None, out var error);
        if (error == SocketError.Success && count > 0)
        {
            _isWanted = false;
            _wasFull = count == _buffer.Length;
            _arrival.Bytes = _buffer.AsMemory(0, count);
            connection.Handler.Tell(_arrival, connection);
            return true;
        }

        GiveBack();
        if (error == SocketError.WouldBlock)
        {
            _wasFull = false;
            return false;
        }

        _isWanted = false;
        if (error == SocketError.Success)
        {
            connection.PeerClosed();
        }
        else
        {
            connection.Fail(error);
        }

        return true;
    }
}
