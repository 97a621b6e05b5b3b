using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using WsActors.Protocol;

namespace WsActors.Connection;

/// <summary>
/// What waits, in the order in which it leaves: as it came, but that a streamed message whose turn has come keeps it until it is over. Its
/// fragments, and control frames between them, leave first (RFC 6455 §5.4). Part of an <see cref="SendQueue"/>.
/// </summary>
internal sealed class FrameScheduler(Role role, AckNotifier acks, IActorRef connection)
{
    /// <summary>The streamed message whose turn it is; null between.</summary>
    private StreamedMessage? _stream;

    /// <summary>All but what leaves before.</summary>
    public FrameQueue Waiting { get; } = new(role);

    /// <summary>Bytes of all, headers included.</summary>
    public long Bytes => Waiting.Bytes + (_stream?.Ahead.Bytes ?? 0);

    public long Count => Waiting.Count + (long)(_stream?.Ahead.Count ?? 0);

    /// <summary>Whether what is added now leaves next.</summary>
    public bool IsEmpty => !HasStream && Waiting.Count == 0;

    /// <summary>Whether a streamed message has its turn.</summary>
    public bool HasStream => _stream is not null;

    /// <summary>Whether a message waits, or has its turn.</summary>
    public bool HasMessages => HasStream || Waiting.Messages > 0;

    /// <summary>The source of the next frame.</summary>
    private FrameQueue Next => _stream?.Ahead ?? Waiting;

    /// <summary>Adds what waits its turn.</summary>
    public void Add(QueuedFrame queuedFrame) => Waiting.Add(queuedFrame);

    /// <summary>Adds a control frame: it passes between the fragments of a streamed message.</summary>
    public void AddControl(QueuedFrame queuedFrame) => Next.Add(queuedFrame);

    /// <summary>Bytes of what may leave before a source is asked.</summary>
    public long BytesNext
    {
        get
        {
            OpenStream();
            return Next.Bytes;
        }
    }

    /// <summary>The next frame; false without one, or while a source has not produced it.</summary>
    public bool TryPeek([NotNullWhen(true)] out QueuedFrame? first)
    {
        OpenStream();
        return Next.TryPeek(out first);
    }

    /// <summary>That frame leaves.</summary>
    public void RemoveFirst()
    {
        Next.RemoveFirst();
        CloseStream();
    }

    /// <summary>Takes what a source produced.</summary>
    /// <returns>False when a message cannot go on of which a part has left: the connection must close.</returns>
    public bool TryTake(StreamedMessage.Produced produced)
    {
        var stream = produced.Stream;
        if (stream.IsComplete)
        {
            return true;
        }

        if (produced.Cause is null)
        {
            stream.Add(produced);
            return true;
        }

        AbortStream(stream, Ws.SendFailure.SourceFailed, Ws.SendFailure.Closing);
        return !stream.HasStarted;
    }

    /// <summary>
    /// No source is asked any more. The streamed message whose turn it is ends in its middle, and what waits behind it cannot be sent; those
    /// whose turn has not come are dropped alone.
    /// </summary>
    public void AbortStreams()
    {
        AbortOpenStream(Ws.SendFailure.Closing);
        Drop(Waiting.RemoveStreams(), Ws.SendFailure.Closing);
    }

    /// <summary>Drops everything.</summary>
    public void Clear(Ws.SendFailure reason)
    {
        AbortOpenStream(reason);
        if (_stream is not null)
        {
            Drop(_stream.Ahead.Clear(), reason);
            _stream = null;
        }

        Drop(Waiting.Clear(), reason);
    }

    /// <summary>Asks the source of a streamed message whose turn has come. Control frames that wait behind it pass.</summary>
    private void OpenStream()
    {
        if (_stream is null && Waiting.TryPeek(out var queuedFrame) && queuedFrame.IsStream)
        {
            Waiting.RemoveFirst();
            _stream = new StreamedMessage(queuedFrame, role, connection);
            Waiting.RemoveControls().ForEach(control => _stream.Ahead.Add(control));
        }
    }

    /// <summary>Turns to what waits behind a streamed message, once that is over and out.</summary>
    private void CloseStream()
    {
        if (_stream is { IsComplete: true, Ahead.Count: 0 })
        {
            _stream = null;
        }
    }

    private void AbortOpenStream(Ws.SendFailure reason)
    {
        if (_stream is { IsComplete: false } open)
        {
            AbortStream(open, reason, reason);
        }
    }

    /// <summary>Ends a streamed message. In the middle of it, no other may follow.</summary>
    private void AbortStream(StreamedMessage stream, Ws.SendFailure reason, Ws.SendFailure ofThoseBehind)
    {
        acks.NotifyFailed(stream.Abort(), reason);
        CloseStream();
        if (stream.HasStarted)
        {
            Drop(Waiting.Clear(), ofThoseBehind);
        }
    }

    private void Drop(List<QueuedFrame> frames, Ws.SendFailure reason) => frames.ForEach(queuedFrame => acks.NotifyFailed(queuedFrame, reason));
}
