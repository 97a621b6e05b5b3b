using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using WsActors.Transport.Sources;

namespace WsActors.Transport.Streams;

/// <summary>
/// Reads a stream. It waits by a zero-byte read before each read, so that an idle connection holds no buffer, whatever its peer has sent. A
/// wait allocates nothing.
/// </summary>
internal sealed class StreamReceiver : SourceReceiver
{
    private readonly Action _onCompleted;

    /// <summary>The read in flight.</summary>
    private ConfiguredValueTaskAwaitable<int>.ConfiguredValueTaskAwaiter _read;

    /// <summary>The buffer of the read in flight; null while it only waits for bytes.</summary>
    private byte[]? _buffer;

    public StreamReceiver(StreamConnection connection, BufferPool bufferPool)
        : base(connection, bufferPool) => _onCompleted = OnCompleted;

    private StreamConnection Connection => (StreamConnection)Source;

    /// <summary>There is a stream now: a read may have been requested before.</summary>
    public void Start() => Read();

    protected override void Read()
    {
        if (IsWanted && Connection.TryEnter())
        {
            Continue(StartRead(isWait: true));
        }
    }

    // Outside the gate.
    private void OnCompleted()
    {
        using var runQueue = Connection.TryOpenRunQueue(Connection.TakesHandler);
        lock (Connection.Gate)
        {
            Continue(isCompleted: true);
        }
    }

    /// <summary>Handles completed reads until one is in flight, or its bytes are lent.</summary>
    /// <param name="isCompleted">Whether the read has completed.</param>
    private void Continue(bool isCompleted)
    {
        while (isCompleted)
        {
            if (TakeResult() is not { } count)
            {
                return;
            }

            if (_buffer is { } buffer)
            {
                _buffer = null;
                Connection.Exit();
                Connection.OnBytes();
                OnReceived(buffer, count);
                return;
            }

            isCompleted = StartRead(isWait: false);
        }
    }

    /// <summary>Starts a read. An error that is thrown at once counts as completed.</summary>
    [SuppressMessage("Reliability", "CA2012", Justification = "The result of the one read in flight is taken once, by TakeResult.")]
    private bool StartRead(bool isWait)
    {
        _buffer = isWait ? null : Rent();
        _read = ReadAsync(_buffer).ConfigureAwait(false).GetAwaiter();
        if (_read.IsCompleted)
        {
            return true;
        }

        _read.UnsafeOnCompleted(_onCompleted);
        return false;
    }

    private ValueTask<int> ReadAsync(Memory<byte> room)
    {
        try
        {
            return Connection.Stream!.ReadAsync(room, Connection.EndToken); // not null: an operation has begun
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return ValueTask.FromException<int>(e);
        }
    }

    /// <summary>The result of the completed read; null when the source has ended, by a failure of the read or before.</summary>
    private int? TakeResult()
    {
        var (count, failure) = (0, (string?)null);
        try
        {
            count = _read.GetResult();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            failure = StreamConnection.SentenceOf(e);
        }

        _read = default;
        if (failure is null && !Connection.IsClosed)
        {
            return count;
        }

        if (_buffer is { } buffer)
        {
            _buffer = null;
            Return(buffer);
        }

        Connection.Exit();
        if (failure is not null)
        {
            Fail(failure);
        }

        return null;
    }
}
