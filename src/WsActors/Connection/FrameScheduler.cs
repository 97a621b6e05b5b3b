using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using WsActors.Protocol;

namespace WsActors.Connection;

/// <summary>
/// The order of waiting frames: as queued, except that an open streamed message leaves completely before the next message. Only control
/// frames may leave between its fragments (RFC 6455 §5.4). Part of a <see cref="SendQueue"/>.
/// </summary>
internal sealed class FrameScheduler(Role role, AckNotifier acks, IActorRef connection)
{
    /// <summary>The open streamed message; null without one.</summary>
    private StreamedMessage? _stream;

    /// <summary>All frames except those of the open streamed message.</summary>
    public FrameQueue Waiting { get; } = new(role);

    /// <summary>Bytes of all frames, headers included.</summary>
    public long Bytes => Waiting.Bytes + (_stream?.Ahead.Bytes ?? 0);

    public long Count => Waiting.Count + (long)(_stream?.Ahead.Count ?? 0);

    /// <summary>Whether a frame added now would leave next.</summary>
    public bool IsEmpty => !HasStream && Waiting.Count == 0;

    /// <summary>Whether a streamed message is open.</summary>
    public bool HasStream => _stream is not null;

    /// <summary>Whether a message waits or is open.</summary>
    public bool HasMessages => HasStream || Waiting.Messages > 0;

    /// <summary>The queue of the next frame.</summary>
    private FrameQueue Next => _stream?.Ahead ?? Waiting;

    public void Add(QueuedFrame queuedFrame) => Waiting.Add(queuedFrame);

    /// <summary>Adds a control frame; it may leave between the fragments of a streamed message.</summary>
    public void AddControl(QueuedFrame queuedFrame) => Next.Add(queuedFrame);

    /// <summary>Bytes that may leave before a stream's source is asked again.</summary>
    public long BytesNext
    {
        get
        {
            OpenStream();
            return Next.Bytes;
        }
    }

    /// <summary>The next frame; false when none waits, or the source has not produced it yet.</summary>
    public bool TryPeek([NotNullWhen(true)] out QueuedFrame? first)
    {
        OpenStream();
        return Next.TryPeek(out first);
    }

    /// <summary>Removes the frame that <see cref="TryPeek"/> returned.</summary>
    public void RemoveFirst()
    {
        Next.RemoveFirst();
        CloseStream();
    }

    /// <summary>Adds a part or the end of a stream from its source.</summary>
    /// <returns>False when the source failed after a fragment has left: the connection must close.</returns>
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
    /// Aborts all streamed messages: no source is asked any more. If a fragment of the open one has left, the messages queued after it
    /// cannot be sent. Streamed messages that have not started are dropped alone.
    /// </summary>
    public void AbortStreams()
    {
        AbortOpenStream(Ws.SendFailure.Closing);
        Drop(Waiting.RemoveStreams(), Ws.SendFailure.Closing);
    }

    /// <summary>Drops all frames.</summary>
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

    /// <summary>
    /// Opens the next streamed message, which starts its source. Control frames queued after it are moved before its fragments.
    /// </summary>
    private void OpenStream()
    {
        if (_stream is null && Waiting.TryPeek(out var queuedFrame) && queuedFrame.IsStream)
        {
            Waiting.RemoveFirst();
            _stream = new StreamedMessage(queuedFrame, role, connection);
            Waiting.RemoveControls().ForEach(control => _stream.Ahead.Add(control));
        }
    }

    /// <summary>Closes the streamed message once all its fragments have left.</summary>
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

    /// <summary>Aborts a streamed message. If a fragment has left, no other message may follow.</summary>
    private void AbortStream(StreamedMessage stream, Ws.SendFailure reason, Ws.SendFailure waitingReason)
    {
        acks.NotifyFailed(stream.Abort(), reason);
        CloseStream();
        if (stream.HasStarted)
        {
            Drop(Waiting.Clear(), waitingReason);
        }
    }

    private void Drop(List<QueuedFrame> frames, Ws.SendFailure reason) =>
        frames.ForEach(queuedFrame => acks.NotifyFailed(queuedFrame, reason));
}
